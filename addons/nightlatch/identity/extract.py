"""From a request to who it says it is: the credential is found, read in one way only, and fingerprinted.

This module knows where credentials are in a request and nothing of what becomes of it. A credential leaves it only as
a fingerprint.
"""

from difflib import get_close_matches
from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.identity import UNVERIFIABLE, Anonymous, Identity, Presented, Unreadable
from nightlatch.core.request import RequestView
from nightlatch.core.warp import Warp
from nightlatch.identity.assertions import profile_of
from nightlatch.identity.claims import TokenRefused, token_times
from nightlatch.identity.cookies import cookie_values
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.tokens import Known, TokenVerifier

_LARGEST = 16 * 1024
_CHOICES = "nightlatch, cookie:NAME, cookie:NAME* (in chunks), bearer, jwt-cookie:NAME or assertion:NAME"


class SourceKind(StrEnum):
    """What kind of credential a site lives on."""

    NIGHTLATCH = "nightlatch"
    COOKIE = "cookie"
    BEARER = "bearer"
    JWT_COOKIE = "jwt-cookie"
    ASSERTION = "assertion"

    @property
    def is_token(self) -> bool:
        """Whether the credential is a signed token of somebody else's."""
        return self in _TOKENS


_TOKENS = frozenset({SourceKind.BEARER, SourceKind.JWT_COOKIE, SourceKind.ASSERTION})
_COOKIES = frozenset({SourceKind.COOKIE, SourceKind.JWT_COOKIE})


class Source(NamedTuple):
    """Where the credential is. `name`: the cookie's, with `*` at its end when it comes in chunks; the header's, in
    lower case, for an assertion; empty for bearer."""

    kind: SourceKind
    name: str = ""


class PresentedNames(NamedTuple):
    """What carries the credential, and has to go when it must not reach the upstream."""

    cookies: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()


class Reading(NamedTuple):
    """How the credentials of one guarded site are read; made once, when the guard starts."""

    source: Source
    key: bytes
    """The ledger's."""
    site: str
    verifier: TokenVerifier | None = None
    """For bearer."""
    welcome: bool = False
    """The application logs its own people in: requests without a credential may reach it."""


def parse_source(text: str) -> Source:
    """What `--identity` says. The name of nightlatch's own cookie, which depends on where it listens, is left empty.

    Raises:
        ValueError: no such source; names the choices and the nearest.
    """
    kind, colon, name = text.strip().partition(":")
    if kind == SourceKind.ASSERTION and colon:
        return Source(SourceKind.ASSERTION, profile_of(name).header)
    if kind in _COOKIES:
        if not _is_cookie_name(name):
            raise ValueError(f"--identity {text}: expected the name of a cookie, such as {kind}:PHPSESSID")
        return Source(SourceKind(kind), name)
    if kind in (SourceKind.NIGHTLATCH, SourceKind.BEARER) and not colon:
        return Source(SourceKind(kind))
    near = get_close_matches(kind.lower(), [*SourceKind], 1)
    raise ValueError(f"--identity {text}: unknown; choose {_CHOICES}" + (f". Did you mean {near[0]}?" if near else ""))


def presented_names(source: Source) -> PresentedNames:
    """What to strip from a request so that the credential does not go on."""
    if source.kind is SourceKind.BEARER:
        return PresentedNames(headers=("authorization",))
    if source.kind is SourceKind.ASSERTION:
        return PresentedNames(headers=(source.name,))
    return PresentedNames(cookies=(source.name,))


def _token_values(request: RequestView, source: Source) -> tuple[str, ...]:
    if source.kind is SourceKind.BEARER:
        return _bearer(request)
    if source.kind is SourceKind.ASSERTION:
        return request.headers.get(source.name, ())
    return cookie_values(request.headers, source.name)


def identify_cookie(request: RequestView, reading: Reading, adoptable: bool) -> Presented:
    """Who `request` says it is, on a site that lives on nightlatch's or the application's cookie, which need no clock.

    Args:
        request: as the client sent it.
        reading: how this site's credentials are read.
        adoptable: in cookie mode: unknown values may still be taken over (law of trust 4).
    """
    kind, values = reading.source.kind, cookie_values(request.headers, reading.source.name)
    if not values:
        return Anonymous(welcome=reading.welcome)
    if len(values) > 1:
        return Unreadable("duplicate")
    if len(values[0]) > _LARGEST:
        return Unreadable("too_large")
    return Identity(
        str(kind), credential_fingerprint(reading, values[0]), adoptable=adoptable and kind is SourceKind.COOKIE
    )


def credential_fingerprint(reading: Reading, credential: str) -> bytes:
    """The fingerprint under which `identify` will find this cookie value (read by `read_value`) again."""
    return fingerprint(reading.key, reading.site, str(reading.source.kind), credential)


def _bearer(request: RequestView) -> tuple[str, ...]:
    """What the Authorization header gives: more than one value only where there is more than one line."""
    values = request.headers.get("authorization", ())
    if len(values) > 1:
        return values
    scheme, _, token = values[0].strip().partition(" ") if values else ("", "", "")
    return (token,) if scheme.lower() == "bearer" else ()


def claimed_by_token(request: RequestView, reading: Reading, wall: int) -> Known | Anonymous | Unreadable:
    """The verified token of `request`, of a site that lives on tokens; its `place` and `mark` tell where its session,
    and it itself, are to be looked for, which does not take nightlatch's clock.

    Raises:
        ValueError: tokens without a verifier; a fault of the configuration.
        KeyWanted: the token's key has to be fetched first.
    """
    values = _token_values(request, reading.source)
    if reading.verifier is None:
        raise ValueError(f"--identity {reading.source.kind} needs keys: --jwt-key-file or --jwks")
    if not values:
        return Anonymous(welcome=reading.welcome)
    if len(values) > 1:
        return Unreadable("duplicate")
    try:
        return _placed(values[0].strip(), reading, reading.verifier, wall)
    except TokenRefused as refusal:
        return Unreadable(refusal.reason)
    except KeysUnavailable:
        return Unreadable(UNVERIFIABLE)


def _placed(token: str, reading: Reading, verifier: TokenVerifier, wall: int) -> Known:
    known = verifier.known(token, wall)
    if known.site != reading.site:
        known.site, known.identity = reading.site, None
        known.place = credential_fingerprint(reading, known.token.session_key)
        known.mark = fingerprint(reading.key, reading.site, "token", token)
    return known


def token_identity(known: Known, reading: Reading, warp: Warp) -> Identity:
    """Who a verified token says it is. The same object as long as the token is remembered and the clock was not moved:
    every request comes this way."""
    if known.identity is not None and known.warp is warp:
        return known.identity
    verified, known.warp = known.token, warp
    known.identity = Identity(
        source=str(reading.source.kind),
        fingerprint=known.place,
        subject=verified.subject,
        groups=verified.groups,
        amr=verified.amr,
        acr=verified.acr,
        token=token_times(verified, warp, verified.first_seen),
        token_id=known.mark,
        email=verified.email,
        personal=verified.personal,
    )
    return known.identity


def _is_cookie_name(name: str) -> bool:
    """A token of RFC 9110, which may end in `*` for chunks."""
    return (
        bool(name.rstrip("*")) and name.isascii() and name.isprintable() and not set(name) & set(' ()<>@,;:\\"/[]?={}')
    )
