"""An ID token answers one login of one client."""

import asyncio
from typing import Any

import pytest
from tests.identity.minting import AUDIENCE, IAT, ISSUER, mint, public_key

from nightlatch.core.policy import SECOND
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.id_tokens import IdToken, read_id_token
from nightlatch.identity.key_sets import FixedKeys
from nightlatch.identity.keys import VerificationKey
from nightlatch.identity.provider_tokens import Trust

TRUST = Trust(ISSUER, AUDIENCE, ("RS256",), FixedKeys((VerificationKey(public_key(), frozenset({"RS256"})),)))


def read(**claims: Any) -> IdToken:
    token = mint(**{"nonce": "n1", **claims})
    return asyncio.run(read_id_token(token, TRUST, "n1", IAT * SECOND, 0))


def test_what_it_says() -> None:
    found = read(auth_time=IAT - 5, amr=["pwd", "otp"], acr="gold", groups=["a"])
    assert found[:5] == ("alice", "s1", (IAT - 5) * SECOND, ("pwd", "otp"), "gold")
    assert found.claims["groups"] == ["a"]
    assert read(sid=None)[1:5] == (None, None, (), None)


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "n2"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"nonce": 1}, "malformed"),
        ({"nonce": "\ud800"}, "nonce"),
        ({"azp": "other"}, "audience"),
        ({"aud": [AUDIENCE, "other"]}, "audience"),
        ({"sub": None}, "no_subject"),
        ({"sub": "x" * 256}, "no_subject"),
        ({"auth_time": "1"}, "malformed"),
    ],
)
def test_what_is_refused(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(TokenRefused, match=reason):
        read(**claims)


def test_an_audience_of_several_names_who_asked() -> None:
    assert read(aud=[AUDIENCE, "other"], azp=AUDIENCE).subject == "alice"
    assert read(aud=[AUDIENCE]).subject == "alice"
