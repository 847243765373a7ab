"""What an identity provider signed for this guard: is it genuine, of the right kind, and of now?

The signature, issuer and audience are `tokens`' work, the keys come from a key set that may be elsewhere. Times are in
wall time: these tokens are about this moment, and nobody's session runs by them (law of time 7).
"""

from typing import Any, NamedTuple

from nightlatch.core.policy import SECOND
from nightlatch.identity.claims import TokenRefused, instant
from nightlatch.identity.key_sets import KeySet
from nightlatch.identity.keys import ALGORITHMS, SYMMETRIC, KeyUnusable
from nightlatch.identity.tokens import TokenSettings, TokenVerifier, key_name


class Trust(NamedTuple):
    """Whose word is taken, when it is meant for us."""

    issuer: str
    audience: str
    algorithms: tuple[str, ...]
    keys: KeySet


def trust_of(verifier: TokenVerifier) -> Trust | None:
    """Whose word besides tokens is taken where `verifier` takes theirs; None where their issuer has no name, or is no
    provider but a load balancer."""
    settings = verifier.settings
    if settings.issuer is None or settings.signer is not None:
        return None
    return Trust(settings.issuer, settings.audience, settings.algorithms, verifier.keys)


def asymmetric(algorithms: tuple[str, ...]) -> tuple[str, ...]:
    """Those of `algorithms` by which only the provider can sign."""
    return tuple(name for name in algorithms if name in ALGORITHMS - SYMMETRIC)


async def genuine(token: str, trust: Trust, types: frozenset[str], wall: int, leeway: int) -> dict[str, Any]:
    """The claims of `token`.

    Args:
        token: as it came.
        trust: whose it has to be.
        types: what its `typ` may say.
        wall: now, microseconds on the wall clock.
        leeway: how far the provider's clock may be off, microseconds.

    Raises:
        TokenRefused: with the reason.
        KeysUnavailable: the keys cannot be had.
    """
    name = key_name(token)
    if trust.keys.lacks(name):
        await trust.keys.fetch(name)
    settings = TokenSettings(trust.audience, trust.keys.at_hand(name), trust.issuer, trust.algorithms, types=types)
    try:
        claims = TokenVerifier(settings).claims(token)
    except KeyUnusable:
        raise TokenRefused("unknown_key") from None
    _check_times(claims, wall, leeway)
    return claims


def _check_times(claims: dict[str, Any], wall: int, leeway: int) -> None:
    expires, issued, not_before = (instant(claims, name) for name in ("exp", "iat", "nbf"))
    if expires is None or issued is None:
        raise TokenRefused("no_expiry" if expires is None else "malformed")
    if wall >= expires + leeway:
        raise TokenRefused("expired")
    # `iat` names a whole second, which may be the one that is not over yet.
    if issued > wall + max(leeway, SECOND) or (not_before or 0) > wall + leeway:
        raise TokenRefused("not_yet_valid")
