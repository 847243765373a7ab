"""What nightlatch needs of a token: its header and claims read strictly, its session named, its times in microseconds.

Pure reading. That the signature is good is `tokens`' affair, and whether a time has come is the core's.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any, NamedTuple

from nightlatch.core.identity import TokenTimes
from nightlatch.core.warp import Warp

_LATEST = 253_402_300_800
"""The end of the year 9999, seconds since the epoch: later is a mistake (milliseconds, mostly) or an attack."""


class TokenRefused(Exception):
    """A token that cannot be judged. `reason` is a short code, such as `signature` or `audience`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class VerifiedToken(NamedTuple):
    """What a token with a good signature says. Instants are microseconds on the wall clock, as their writer meant."""

    issuer: str
    subject: str | None
    session_key: str
    """Names the session (law of trust 10): a new token of the same session has the same."""
    expires_at: int
    issued_at: int | None = None
    not_before: int | None = None
    authenticated_at: int | None = None
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    acr: str | None = None
    first_seen: int = 0
    email: str | None = None
    """None too when the issuer says that it was not verified."""
    personal: bool = False
    """The session is the person's, not one login's: after its end, a token that was minted later starts another."""


def strict_json(segment: str) -> dict[str, Any]:
    """A token's header or claims. Duplicate members are refused, as parsers differ over which of them counts
    (RFC 7515 section 4), and so are NaN and Infinity.

    Raises:
        TokenRefused: `malformed`.
    """
    try:
        text = base64.urlsafe_b64decode(segment + "=" * (-len(segment) % 4))
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise TokenRefused("malformed") from None
    if not isinstance(document, dict):
        raise TokenRefused("malformed")
    return document


def read_claims(claims: dict[str, Any], session_claim: str, first_seen: int) -> VerifiedToken:
    """The claims of a token whose signature, issuer and audience were checked.

    Raises:
        TokenRefused: `malformed`, `no_expiry`, or `no_subject` when nothing tells whose session it is.
    """
    expires_at = instant(claims, "exp")
    if expires_at is None:
        raise TokenRefused("no_expiry")
    issued_at, not_before = instant(claims, "iat"), instant(claims, "nbf")
    token = VerifiedToken(
        issuer=text(claims, "iss") or "",
        subject=text(claims, "sub"),
        session_key="",
        expires_at=expires_at,
        issued_at=issued_at,
        not_before=not_before,
        authenticated_at=instant(claims, "auth_time"),
        groups=texts(claims.get("groups")),
        amr=texts(claims.get("amr")),
        acr=text(claims, "acr"),
        first_seen=first_seen,
        email=verified_email(claims),
        personal=session_claim == "sub",
    )
    return token._replace(session_key=_session_key(token, text(claims, session_claim)))


_SECOND_LATER = 999_999
"""Microseconds."""


def token_times(token: VerifiedToken, warp: Warp, first_seen: int) -> TokenTimes:
    """The token's times on nightlatch's clock (law 7): each goes through the warp at the instant that it names, and
    `exp` is the mapped `iat` plus the lifetime; without `iat` it is `nbf`, else `first_seen`, that is mapped.

    Args:
        first_seen: when this token was first seen, microseconds on the wall clock.
    """
    start = token.issued_at if token.issued_at is not None else token.not_before
    if start is None:
        start = first_seen
    # `iat` names a whole second: within it the token may have been minted as late as it was first seen. Mapped from
    # the second's start, one minted just after a warp would be as old as the warp is wide.
    issued_at = _mapped(start, first_seen, warp)
    return TokenTimes(
        issued_at=issued_at,
        expires_at=issued_at + token.expires_at - start,
        not_before=None if token.not_before is None else warp.at(token.not_before),
        authenticated_at=None if token.authenticated_at is None else _mapped(token.authenticated_at, first_seen, warp),
    )


def _mapped(start: int, latest: int, warp: Warp) -> int:
    """`start` through the warp: it names a whole second, and what it tells of was at `latest` at the latest."""
    moment = max(start, min(start + _SECOND_LATER, latest)) if start % 1_000_000 == 0 else start
    return warp.at(moment) - (moment - start)


def _session_key(token: VerifiedToken, sid: str | None) -> str:
    """Issuer and session id; else issuer, subject and the time of the login. A token that does not tell that time
    can only stand for itself: then the times that it has take its place."""
    if token.personal and token.subject:
        return json.dumps([token.issuer, "person", token.subject])
    if sid:
        return sid_key(token.issuer, sid)
    if not token.subject:
        raise TokenRefused("no_subject")
    if token.authenticated_at is not None:
        return json.dumps([token.issuer, "sub", token.subject, token.authenticated_at])
    times = (token.issued_at, token.not_before, token.expires_at)
    own = next(at for at in times if at is not None)
    return json.dumps([token.issuer, "own", token.subject, own])


def sid_key(issuer: str, sid: str) -> str:
    """What names the session that `issuer` calls `sid`."""
    return json.dumps([issuer, "sid", sid])


def instant(claims: Mapping[str, Any], name: str) -> int | None:
    """A NumericDate (RFC 7519 section 2) as microseconds; None when absent."""
    value = claims.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < _LATEST:
        raise TokenRefused("malformed")
    return value * 1_000_000 if isinstance(value, int) else round(value * 1_000_000)


def text(claims: Mapping[str, Any], name: str) -> str | None:
    """A claim that is text; None when absent."""
    value = claims.get(name)
    if value is not None and not isinstance(value, str):
        raise TokenRefused("malformed")
    return value


def verified_email(claims: Mapping[str, Any]) -> str | None:
    """The e-mail address, unless the issuer says that nobody verified it: that may be anybody's (OpenID Connect Core
    5.7). Some issuers send `email_verified` as text."""
    email, verified = claims.get("email"), claims.get("email_verified")
    unverified = verified is False or (isinstance(verified, str) and verified.lower() == "false")
    return email if isinstance(email, str) and email and not unverified else None


def texts(value: object) -> tuple[str, ...]:
    """A list of strings, or one; anything else counts as none, which can only take rights away."""
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("duplicate member")
    return members


def _no_number(name: str) -> float:
    raise ValueError(f"{name} is no JSON")
