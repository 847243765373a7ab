"""The small cookies that tie a login to the browser that began it: one a login, none of which reaches the application.

On https they are `__Host-` cookies, which a sibling subdomain cannot plant: with a login of his own in your browser
somebody else would have you work in his account. That prefix asks for `Path=/`; on http, where nothing prevents the
planting, they go to nightlatch's own pages only.
"""

import re

from nightlatch.core.headers import HTTPS_COOKIE, Header
from nightlatch.identity.cookies import cookie_values
from nightlatch.identity.pending_logins import GOOD_FOR
from nightlatch.proxy.arrival import Arrival

_SECONDS = GOOD_FOR // 1_000_000


def given(arrival: Arrival, tag: str, secret: str) -> Header:
    """The header field that gives the browser `secret` to keep for the login `tag`."""
    return "Set-Cookie", f"{_name(arrival, tag)}={secret}; Max-Age={_SECONDS}{_attributes(arrival)}"


def taken_back(arrival: Arrival, tag: str) -> Header:
    """The header field by which the browser forgets it."""
    return "Set-Cookie", f"{_name(arrival, tag)}=; Max-Age=0{_attributes(arrival)}"


def kept(arrival: Arrival, tag: str) -> str:
    """What the browser keeps for the login `tag`; empty when it has nothing, or two things, for it."""
    values = cookie_values(arrival.request.headers, _name(arrival, tag))
    return values[0] if len(values) == 1 else ""


def tags(arrival: Arrival) -> list[str]:
    """The logins for which the browser keeps something."""
    pattern = re.compile(rf"(?:^|[;\s]){re.escape(_name(arrival, ''))}([0-9a-f]{{12}})=")
    return [tag for line in arrival.request.headers.get("cookie", ()) for tag in pattern.findall(line)]


def _name(arrival: Arrival, tag: str) -> str:
    """Browsers share one jar between ports."""
    return f"{HTTPS_COOKIE}-login-{tag}" if _secure(arrival) else f"{arrival.cookie}-login-{tag}"


def _attributes(arrival: Arrival) -> str:
    where = "; Path=/; Secure" if _secure(arrival) else "; Path=/.nightlatch/"
    return f"{where}; HttpOnly; SameSite=Lax"


def _secure(arrival: Arrival) -> bool:
    return arrival.origin.startswith("https:")
