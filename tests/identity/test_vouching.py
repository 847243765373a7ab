"""What we sign, a library of others verifies; and no key but the published one."""

import pytest
from jwt import PyJWKSet, decode
from tests.identity.minting import pem, public_key

from nightlatch.identity.vouching import LIFETIME, Person, Voucher, new_signing_key

ADA = Person("s1", "ada", "ada@b.example", ("admins",), ("pwd",), "aal2", 1_750_000_000_000_000)
BARE = Person("s2", "bob", None, (), (), None, 1_750_000_000_000_000)
GUARD, SITE = "http://localhost:8080", "http://localhost:3000"
WALL = 1_750_000_100_000_000
KEY = new_signing_key()


def verified(token: bytes, voucher: Voucher) -> dict[str, object]:
    (key,) = PyJWKSet.from_dict(voucher.jwks()).keys
    lenient = {"verify_exp": False, "verify_iat": False}
    claims: dict[str, object] = decode(token, key, ["ES256"], lenient, audience=SITE, issuer=GUARD)  # type: ignore[arg-type] # some of the options
    return claims


def test_who_somebody_is_can_be_verified() -> None:
    voucher = Voucher(KEY)
    assert verified(voucher.vouch(ADA, GUARD, SITE, WALL), voucher) == {
        **{"iss": GUARD, "aud": SITE, "sub": "ada", "sid": "s1", "email": "ada@b.example", "groups": ["admins"]},
        **{"amr": ["pwd"], "acr": "aal2", "auth_time": 1_750_000_000},
        **{"iat": WALL // 1_000_000, "exp": WALL // 1_000_000 + LIFETIME},
    }


def test_what_is_not_known_is_left_out() -> None:
    voucher = Voucher(KEY)
    claims = verified(voucher.vouch(BARE, GUARD, SITE, WALL), voucher)
    assert set(claims) == {"iss", "aud", "sub", "sid", "iat", "exp", "auth_time"}


def test_the_same_key_has_the_same_name_and_another_has_another() -> None:
    assert Voucher(KEY).jwks() == Voucher(KEY).jwks() != Voucher(new_signing_key()).jwks()
    assert "d" not in Voucher(KEY).jwks()["keys"][0]


def test_a_token_serves_for_a_while_and_never_for_somebody_else() -> None:
    voucher = Voucher(KEY)
    first = voucher.vouch(ADA, GUARD, SITE, WALL)
    nearly = ADA._replace(authenticated_at=ADA.authenticated_at + 900_000)
    assert voucher.vouch(nearly, GUARD, SITE, WALL + 59_000_000) is first
    assert voucher.vouch(ADA, GUARD, SITE, WALL + 60_000_000) != first
    for other in (ADA._replace(groups=()), ADA._replace(email=None), ADA._replace(authenticated_at=0), BARE):
        assert verified(voucher.vouch(other, GUARD, SITE, WALL), voucher)["sub"] == other.subject
        assert voucher.vouch(other, GUARD, SITE, WALL) != first
    assert voucher.vouch(ADA, "http://127.0.0.1:8080", SITE, WALL) != first
    assert voucher.vouch(ADA, GUARD, "http://elsewhere", WALL) != first


def test_a_clock_that_was_set_back_gets_a_new_one() -> None:
    voucher = Voucher(KEY)
    first = voucher.vouch(ADA, GUARD, SITE, WALL)
    assert voucher.vouch(ADA, GUARD, SITE, WALL - 1) != first


@pytest.mark.parametrize("key", [b"", b"no key", pem(public_key("ES256"))])
def test_what_is_no_key(key: bytes) -> None:
    with pytest.raises(ValueError):
        Voucher(key)


def test_the_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch.identity.vouching._REMEMBERED", 3)
    voucher = Voucher(KEY)
    for number in range(9):
        voucher.vouch(ADA._replace(session=str(number)), GUARD, SITE, WALL)
    assert len(voucher._recent) == 3
