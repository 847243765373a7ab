"""ID tokens: who the provider says has logged in, for which of our logins, and when (OpenID Connect Core 3.1.3.7)."""

import hmac
from collections.abc import Mapping
from typing import Any, NamedTuple

from nightlatch.identity.claims import TokenRefused, instant, text, texts
from nightlatch.identity.provider_tokens import Trust, genuine

_TYPES = frozenset({"", "jwt"})
_LONGEST = 255
"""Characters of `sub` (OpenID Connect Core 2)."""


class IdToken(NamedTuple):
    """What a genuine ID token says."""

    subject: str
    """The provider's own name for the person, `sub`."""
    sid: str | None
    auth_time: int | None
    """Microseconds on the wall clock."""
    amr: tuple[str, ...]
    acr: str | None
    claims: Mapping[str, Any]
    raw: str
    """The token itself, for a logout at the provider. Kept in memory only."""


async def read_id_token(token: str, trust: Trust, nonce: str, wall: int, leeway: int) -> IdToken:
    """What `token`, which answers the login with `nonce`, says.

    Raises:
        TokenRefused: not genuine, of another login, or for another client.
        KeysUnavailable: the provider's keys cannot be had.
    """
    claims = await genuine(token, trust, _TYPES, wall, leeway)
    given = text(claims, "nonce") or ""
    if not hmac.compare_digest(given.encode("utf-8", "surrogatepass"), nonce.encode()):
        raise TokenRefused("nonce")
    _check_party(claims, trust.audience)
    subject = text(claims, "sub")
    if not subject or len(subject) > _LONGEST:
        raise TokenRefused("no_subject")
    return IdToken(
        subject=subject,
        sid=text(claims, "sid") or None,
        auth_time=instant(claims, "auth_time"),
        amr=texts(claims.get("amr")),
        acr=text(claims, "acr"),
        claims=claims,
        raw=token,
    )


def _check_party(claims: Mapping[str, Any], client_id: str) -> None:
    """A token for several audiences has to say who asked for it, and that has to be us."""
    party, audience = text(claims, "azp"), claims.get("aud")
    several = isinstance(audience, list) and len(audience) > 1
    if (several or party is not None) and party != client_id:
        raise TokenRefused("audience")
