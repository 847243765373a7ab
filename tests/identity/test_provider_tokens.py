"""A provider's word is taken while it is of now, of the right kind, and signed by a key that only the provider has."""

import asyncio
from typing import Any

import pytest
from tests.identity.minting import AUDIENCE, IAT, ISSUER, mint, public_key

from nightlatch.core.policy import SECOND
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.key_sets import FixedKeys
from nightlatch.identity.keys import VerificationKey
from nightlatch.identity.provider_tokens import Trust, asymmetric, genuine

TRUST = Trust(ISSUER, AUDIENCE, ("RS256",), FixedKeys((VerificationKey(public_key(), frozenset({"RS256"}), "k1"),)))
WALL = IAT * SECOND
LEEWAY = 30 * SECOND


def refusal(token: str, wall: int = WALL, trust: Trust = TRUST) -> str | None:
    try:
        asyncio.run(genuine(token, trust, frozenset({"", "jwt"}), wall, LEEWAY))
    except TokenRefused as refused:
        return refused.reason
    return None


def test_a_good_one() -> None:
    claims = asyncio.run(genuine(mint(), TRUST, frozenset({"", "jwt"}), WALL, LEEWAY))
    assert (claims["sub"], claims["sid"]) == ("alice", "s1")


def test_times_are_wall_times_with_leeway() -> None:
    assert refusal(mint(), WALL + 600 * SECOND + LEEWAY - 1) is None
    assert refusal(mint(), WALL + 600 * SECOND + LEEWAY) == "expired"
    assert refusal(mint(), WALL - LEEWAY) is None
    assert refusal(mint(), WALL - LEEWAY - 1) == "not_yet_valid"
    assert refusal(mint(nbf=IAT + 31)) == "not_yet_valid"


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (mint(number=1), "signature"),
        (mint(aud="other"), "audience"),
        (mint(iss="https://other"), "issuer"),
        (mint(headers={"typ": "at+jwt"}), "type"),
        (mint(headers={"typ": "logout+jwt"}), "type"),
        (mint("ES256"), "algorithm"),
        (mint(headers={"kid": "k2"}), "unknown_key"),
        (mint(iat=None), "malformed"),
        (mint(exp=None), "no_expiry"),
        (mint()[:-6], "signature"),
        (mint()[:-9], "malformed"),
        ("x", "malformed"),
        ("x" * 100_000, "malformed"),
    ],
)
def test_what_is_not_believed(token: str, reason: str) -> None:
    assert refusal(token) == reason


def test_a_provider_without_a_key_of_a_kind_that_fits() -> None:
    keys: Any = FixedKeys((VerificationKey(public_key("ES256"), frozenset({"ES256"})),))
    assert refusal(mint(), trust=TRUST._replace(keys=keys)) == "unknown_key"


def test_only_what_the_provider_alone_can_sign() -> None:
    assert asymmetric(("none", "HS256", "RS256", "ES256", "EdDSA", "rs256")) == ("RS256", "ES256", "EdDSA")
