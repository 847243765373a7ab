"""Logout tokens: whom an identity provider has logged out (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6)."""

from typing import NamedTuple

from nightlatch.core.policy import MINUTE
from nightlatch.identity.claims import TokenRefused, instant, text
from nightlatch.identity.provider_tokens import Trust, genuine

EVENT = "http://schemas.openid.net/event/backchannel-logout"
_TYPES = frozenset({"", "jwt", "logout+jwt"})
_OLDEST = 10 * MINUTE
"""The specification wants them to be good for two minutes at most; some providers give none but `iat` a meaning."""


class LogoutToken(NamedTuple):
    """What a genuine logout token says; at least one of `sid` and `subject`."""

    issuer: str
    sid: str | None
    subject: str | None
    jti: str


async def read_logout_token(token: str, trust: Trust, wall: int, leeway: int) -> LogoutToken:
    """Whom `token` logs out. Whether it was used before is the caller's to know.

    Raises:
        TokenRefused: not genuine, or no logout token.
        KeysUnavailable: the provider's keys cannot be had.
    """
    claims = await genuine(token, trust, _TYPES, wall, leeway)
    if "nonce" in claims:
        raise TokenRefused("id_token")
    events = claims.get("events")
    if not isinstance(events, dict) or not isinstance(events.get(EVENT), dict):
        raise TokenRefused("no_logout_event")
    issued = instant(claims, "iat")
    if issued is None or wall - issued > _OLDEST + leeway:
        raise TokenRefused("expired")
    sid, subject, jti = (text(claims, name) or None for name in ("sid", "sub", "jti"))
    if jti is None:
        raise TokenRefused("no_jti")
    if sid is None and subject is None:
        raise TokenRefused("no_subject")
    return LogoutToken(trust.issuer, sid, subject, jti)
