"""How people log in, as it was configured: the kind of login, the people of the dev login, the identity provider."""

import os
from collections.abc import Mapping
from importlib.util import find_spec
from typing import NamedTuple
from urllib.parse import urlsplit

from nightlatch.core.policy import Policy
from nightlatch.core.shown_url import without_secrets
from nightlatch.identity.extract import Source, SourceKind
from nightlatch.identity.key_fetch import check_url
from nightlatch.proxy.settings_values import SettingsInvalid, choice, nearest, words

LOGIN_KINDS = ("dev", "oidc", "redirect", "self", "none")
DEV_METHOD = "dev"
"""What the dev login says of how somebody authenticated (`amr`)."""
SECOND_FACTOR = ("otp", "mfa")
"""And what besides, when the code of the second factor was given (names of RFC 8176)."""
SILENT = ("refuse", "allow")
PROMPTS = ("login", "select_account")


class DevUser(NamedTuple):
    """A person that the dev login knows."""

    name: str
    groups: tuple[str, ...] = ()

    def __str__(self) -> str:
        return f"{self.name}:{','.join(self.groups)}" if self.groups else self.name


class Login(NamedTuple):
    """How people log in; `url` only for `redirect`, `issuer` only for `oidc`."""

    kind: str
    url: str = ""
    issuer: str = ""


class OidcSettings(NamedTuple):
    """The identity provider, and what it knows this guard by."""

    issuer: str
    client_id: str
    client_secret: str = ""
    """Empty: a public client."""
    scope: str = "openid profile email"
    subject_claim: str = "sub"
    groups_claim: str = "groups"
    silent: str = "refuse"
    """What becomes of a login that was to be fresh and is not: `refuse` or `allow`; noted in any case."""
    prompt: str = "login"
    """With which `prompt` a fresh login is asked for. Whether it was one, `auth_time` tells."""


def parse_login(text: str) -> Login:
    """Read `dev`, `oidc:ISSUER`, `redirect:URL`, `self` or `none`.

    Raises:
        SettingsInvalid: anything else.
    """
    kind, _, rest = text.partition(":")
    if kind not in LOGIN_KINDS:
        raise SettingsInvalid(f"login `{text}` is unknown{nearest(kind, LOGIN_KINDS)}")
    if kind == "redirect":
        if not rest.startswith(("/", "http://", "https://")) or rest.startswith("//"):
            raise SettingsInvalid(f"login `{text}` needs a path or an http(s) URL, such as `redirect:/login`")
        return Login(kind, _for_browsers(rest))
    if kind == "oidc":
        return Login(kind, issuer=_issuer(text, rest))
    if rest:
        raise SettingsInvalid(f"login `{kind}` takes no value, found `{text}`")
    return Login(kind)


def _for_browsers(url: str) -> str:
    """`url`, which every browser is told that has to log in."""
    try:
        secret = "@" in urlsplit(url).netloc
    except ValueError as error:
        raise SettingsInvalid(f"login `redirect:{without_secrets(url)}` is no URL ({error})") from None
    if secret:
        shown = f"login `redirect:{without_secrets(url)}`"
        raise SettingsInvalid(
            f"{shown} would tell every browser a user's name or password; leave out what is before the @"
        )
    return url


def _issuer(text: str, issuer: str) -> str:
    if not issuer:
        raise SettingsInvalid("login `oidc` needs the issuer's URL, such as `oidc:https://id.example.com/realms/main`")
    try:
        return check_url(issuer, f"login `{without_secrets(text)}`")
    except ValueError as error:
        raise SettingsInvalid(str(error)) from None


def read_oidc(options: Mapping[str, str], login: Login, source: Source) -> OidcSettings | None:
    """The identity provider; None for every other kind of login.

    Raises:
        SettingsInvalid: something is missing, with the line that adds it.
    """
    if login.kind != "oidc":
        return None
    if source.kind is not SourceKind.NIGHTLATCH:
        raise SettingsInvalid(
            "login `oidc:` makes sessions of nightlatch's own: it goes with --identity nightlatch, "
            f"not with {source.kind}"
        )
    if not options["oidc_client_id"]:
        raise SettingsInvalid("login `oidc:` needs --oidc-client-id NAME, by which the provider knows this guard")
    if find_spec("authlib") is None or find_spec("requests") is None:
        raise SettingsInvalid("login `oidc:` needs two more packages; install them: pip install 'nightlatch[oidc]'")
    return OidcSettings(
        issuer=login.issuer,
        client_id=options["oidc_client_id"],
        client_secret=options["oidc_client_secret"] or os.environ.get("NIGHTLATCH_OIDC_CLIENT_SECRET", ""),
        scope=_scope(options["oidc_scope"]),
        subject_claim=options["oidc_subject_claim"] or "sub",
        groups_claim=options["oidc_groups_claim"],
        silent=choice("oidc_silent", options["oidc_silent"], SILENT),
        prompt=choice("oidc_prompt", options["oidc_prompt"], PROMPTS),
    )


def _scope(text: str) -> str:
    scopes = words(text)
    return " ".join(scopes if "openid" in scopes else ("openid", *scopes))


def parse_dev_user(text: str) -> DevUser:
    """Read `NAME[:group,...]`.

    Raises:
        SettingsInvalid: the name is empty or holds characters that have no place in one.
    """
    name, _, groups = text.partition(":")
    if not is_user_name(name):
        raise SettingsInvalid(f"dev user `{text}` needs the form NAME or NAME:group,group")
    return DevUser(name, tuple(group for group in groups.split(",") if group))


def is_user_name(name: str) -> bool:
    """Whether `name` can be a subject: printable, no white space, at most 128 characters."""
    return 0 < len(name) <= 128 and name.isprintable() and not any(char.isspace() for char in name)


def parse_second_factor(text: str) -> str:
    """Read the code that stands for a second factor in the dev login; empty for none.

    Raises:
        SettingsInvalid: it could not be typed.
    """
    if text and not (text.isascii() and text.isalnum() and len(text) <= 64):
        raise SettingsInvalid(f"dev_second_factor `{text}` needs a code of letters and digits, such as 000000")
    return text


def refuse_unmet(policy: Policy, source: Source, login: Login, second_factor: str) -> None:
    """A demand that no login here can meet would send people to it for ever (DESIGN 6.3): a mistake of the policy.

    Tokens and identity providers tell how somebody authenticated (`acr`, `amr`). The dev login says `dev`, and what a
    second factor adds; an application's own cookie says nothing.

    Raises:
        SettingsInvalid: names the rule and what it demands.
    """
    if source.kind not in (SourceKind.NIGHTLATCH, SourceKind.COOKIE) or login.kind == "oidc":
        return
    known = {DEV_METHOD, *(SECOND_FACTOR if second_factor else ())} if source.kind is SourceKind.NIGHTLATCH else set()
    for rule in policy.rules:
        require = rule.require
        unmet = [*(f"acr {acr}" for acr in require.acr), *(f"amr {amr}" for amr in require.amr if amr not in known)]
        if unmet and not rule.public:
            raise SettingsInvalid(
                f"policy {policy.name}: rule `{rule.name}` requires {', '.join(unmet)}, which no login of "
                f"--identity {source.kind} --login {login.kind} can give; take it out, {_remedy(require.amr, login)}"
            )


def _remedy(amr: tuple[str, ...], login: Login) -> str:
    if login.kind == "dev" and set(amr) & set(SECOND_FACTOR):
        return "or give the dev login a second factor: --dev-second-factor 000000"
    return "or let people log in at a provider that tells it (--login oidc:ISSUER), or guard tokens that carry it"
