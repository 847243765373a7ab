"""The systems whose settings can be imported, and how a file of each is known."""

import re
from collections.abc import Callable
from typing import NamedTuple

from nightlatch.importers import (
    authelia,
    django,
    express,
    keycloak,
    lua_resty_session,
    mod_auth_openidc,
    oauth2_proxy,
    pomerium,
    spring,
)
from nightlatch.importers.draft import Draft, ImportFailed
from nightlatch.importers.fitting import fitting


class System(NamedTuple):
    """One system: how its settings are read, and a word that only they hold."""

    read: Callable[[str], Draft]
    sign: re.Pattern[str]


def _sign(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


SYSTEMS = {
    "keycloak": System(keycloak.read, _sign(r'"ssoSession(Idle|Max)|"accessTokenLifespan"')),
    "mod_auth_openidc": System(mod_auth_openidc.read, _sign(r"(?i)^[ \t]*OIDC(Session|Provider|Client|Redirect)\w*\s")),
    "authelia": System(
        authelia.read, _sign(r"^access_control:|^[ \t]+(inactivity|remember_me):|authelia_(session|url)")
    ),
    "lua-resty-session": System(lua_resty_session.read, _sign(r"(idling|rolling|absolute)_timeout\b|resty\.session")),
    "pomerium": System(
        pomerium.read, _sign(r"^(routes|policy|authenticate_service_url|idp_provider|timeout_idle|cookie_expire):")
    ),
    "oauth2-proxy": System(
        oauth2_proxy.read,
        _sign(r"cookie[_-](expire|refresh)\b|OAUTH2_PROXY_|skip[_-]auth[_-]rout|^[ \t]*oidc_issuer_url"),
    ),
    "django": System(django.read, _sign(r"^(SESSION_\w+|INSTALLED_APPS|MIDDLEWARE)\s*=")),
    "spring": System(spring.read, _sign(r"^(server|spring)[.:]")),
    "express": System(express.read, _sign(r"express-session|\bmaxAge\b")),
}
"""The order matters: the most telling signs come first."""


def import_settings(text: str, system: str | None = None) -> Draft:
    """The policy that behaves as the settings in `text` do.

    Args:
        text: the file.
        system: a name of `SYSTEMS`; None to find it out.

    Raises:
        ImportFailed: it is not known whose settings these are, or they cannot be read.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    name = system or next((name for name, each in SYSTEMS.items() if each.sign.search(text)), None)
    if name not in SYSTEMS:
        raise ImportFailed(f"whose settings are these? Name the system with --from: {', '.join(SYSTEMS)}")
    return fitting(SYSTEMS[name].read(text))
