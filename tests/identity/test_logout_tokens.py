"""A logout token is genuine, is one, and names somebody (OpenID Connect Back-Channel Logout 1.0 section 2.6)."""

import asyncio
from typing import Any

import pytest
from tests.identity.minting import AUDIENCE, IAT, ISSUER, mint, public_key

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.identity.claims import TokenRefused
from nightlatch.identity.key_sets import FixedKeys
from nightlatch.identity.keys import VerificationKey
from nightlatch.identity.logout_tokens import EVENT, LogoutToken, read_logout_token
from nightlatch.identity.provider_tokens import Trust

TRUST = Trust(ISSUER, AUDIENCE, ("RS256",), FixedKeys((VerificationKey(public_key(), frozenset({"RS256"})),)))


def read(wall: int = IAT * SECOND, headers: dict[str, Any] | None = None, **claims: Any) -> LogoutToken:
    token = mint(headers=headers, **{"events": {EVENT: {}}, "jti": "j1", **claims})
    return asyncio.run(read_logout_token(token, TRUST, wall, 0))


def test_it_names_a_session_or_a_person_or_both() -> None:
    assert read() == LogoutToken(ISSUER, "s1", "alice", "j1")
    assert read(sid=None) == LogoutToken(ISSUER, None, "alice", "j1")
    assert read(sub=None) == LogoutToken(ISSUER, "s1", None, "j1")


@pytest.mark.parametrize("typ", ["logout+jwt", "Logout+JWT", "application/logout+jwt", "JWT"])
def test_kinds(typ: str) -> None:
    assert read(headers={"typ": typ}).jti == "j1"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"nonce": "n"}, "id_token"),
        ({"events": None}, "no_logout_event"),
        ({"events": {}}, "no_logout_event"),
        ({"events": [EVENT]}, "no_logout_event"),
        ({"events": {EVENT: True}}, "no_logout_event"),
        ({"events": {EVENT.replace("http:", "https:"): {}}}, "no_logout_event"),
        ({"jti": None}, "no_jti"),
        ({"sub": None, "sid": None}, "no_subject"),
        ({"headers": {"typ": "at+jwt"}}, "type"),
        ({"aud": "other"}, "audience"),
        ({"iss": "https://other"}, "issuer"),
        ({"exp": IAT}, "expired"),
        ({"exp": None}, "no_expiry"),
    ],
)
def test_what_logs_nobody_out(claims: dict[str, Any], reason: str) -> None:
    with pytest.raises(TokenRefused, match=reason):
        read(**claims)


def test_one_that_is_good_for_ever_is_not() -> None:
    assert read(IAT * SECOND + 10 * MINUTE, exp=IAT + 86_400).jti == "j1"
    with pytest.raises(TokenRefused, match="expired"):
        read(IAT * SECOND + 10 * MINUTE + 1, exp=IAT + 86_400)
