"""Claims are read strictly, sessions are named by law of trust 10, and times go through the warp by law of time 7."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.identity.minting import CLAIMS, IAT, segment

from nightlatch.core.warp import Segment, Warp
from nightlatch.identity.claims import (
    TokenRefused,
    VerifiedToken,
    read_claims,
    strict_json,
    token_times,
    verified_email,
)

SECOND = 1_000_000
MINUTE = 60 * SECOND
SEEN = (IAT + 5) * SECOND


def read(**changes: Any) -> VerifiedToken:
    return read_claims({name: value for name, value in (CLAIMS | changes).items() if value is not None}, "sid", SEEN)


def refused(**changes: Any) -> str:
    with pytest.raises(TokenRefused) as caught:
        read(**changes)
    return caught.value.reason


def test_everything_that_matters() -> None:
    token = read(nbf=IAT + 1, auth_time=IAT - 60, groups=["staff", 5], amr=["pwd", "otp"], acr="gold")
    assert (token.issuer, token.subject, token.first_seen) == (CLAIMS["iss"], "alice", SEEN)
    assert (token.issued_at, token.expires_at) == (IAT * SECOND, (IAT + 600) * SECOND)
    assert (token.not_before, token.authenticated_at) == ((IAT + 1) * SECOND, (IAT - 60) * SECOND)
    assert (token.groups, token.amr, token.acr) == (("staff",), ("pwd", "otp"), "gold")


def test_fractions_of_a_second_are_kept() -> None:
    assert read(exp=IAT + 0.25).expires_at == IAT * SECOND + 250_000


@pytest.mark.parametrize("exp", ["soon", True, -1, 1e300, 10**15, [], {}])
def test_an_odd_expiry(exp: object) -> None:
    assert refused(exp=exp) == "malformed"


def test_what_is_missing_or_of_the_wrong_kind() -> None:
    assert refused(exp=None) == "no_expiry"
    assert refused(sid=5) == "malformed"
    assert refused(sub=["alice"]) == "malformed"
    assert refused(sid=None, sub=None) == "no_subject"
    assert refused(sid="", sub="") == "no_subject"


def test_rights_of_an_odd_form_are_none() -> None:
    token = read(groups={"admins": True}, amr="pwd")
    assert (token.groups, token.amr) == ((), ("pwd",))


def test_a_refreshed_token_has_the_same_session() -> None:
    assert read().session_key == read(iat=IAT + 300, exp=IAT + 900, jti="other").session_key
    login: dict[str, Any] = {"sid": None, "auth_time": IAT - 5}
    assert read(**login).session_key == read(**login, iat=IAT + 300, jti="other").session_key


@pytest.mark.parametrize(
    "changes",
    [
        {"sid": "s2"},
        {"iss": "https://other.example"},
        {"sid": None, "auth_time": IAT},
        {"sid": None, "auth_time": IAT + 1},
        {"sid": None, "sub": "bob", "auth_time": IAT},
        {"sid": None},
        {"sid": None, "iat": IAT + 1},
        {"sid": None, "iat": None},
        {"sid": None, "iat": None, "nbf": IAT - 7},
    ],
)
def test_another_session_has_another_key(changes: dict[str, Any]) -> None:
    everything = [
        read(**other).session_key
        for other in (
            {},
            {"sid": "s2"},
            {"iss": "https://other.example"},
            {"sid": None, "auth_time": IAT},
            {"sid": None, "auth_time": IAT + 1},
            {"sid": None, "sub": "bob", "auth_time": IAT},
            {"sid": None},
            {"sid": None, "iat": IAT + 1},
            {"sid": None, "iat": None},
            {"sid": None, "iat": None, "nbf": IAT - 7},
        )
    ]
    assert everything.count(read(**changes).session_key) == 1


def test_a_subject_cannot_pass_for_a_session_id() -> None:
    assert read(sid='a", "b').session_key != read(sid=None, sub="a", auth_time=IAT).session_key


def test_unwarped_times_are_wall_times() -> None:
    times = token_times(read(auth_time=IAT - 60, nbf=IAT), Warp(), SEEN)
    assert times == (IAT * SECOND, (IAT + 600) * SECOND, IAT * SECOND, (IAT - 60) * SECOND)


def advanced(at: int, by: int) -> Warp:
    """A warp of `by` microseconds that began at wall second `at`."""
    return Warp((Segment(at * SECOND, at * SECOND + by),))


def test_a_token_minted_before_a_warp_ages_by_it() -> None:
    warp = advanced(IAT + 60, 31 * MINUTE)
    times = token_times(read(), warp, SEEN)
    assert times.expires_at == (IAT + 600) * SECOND
    assert warp.at((IAT + 61) * SECOND) > times.expires_at


def test_a_token_minted_after_a_warp_is_not_dead_on_arrival() -> None:
    warp = advanced(IAT - 60, 31 * MINUTE)
    times = token_times(read(), warp, SEEN)
    assert times.issued_at == IAT * SECOND + 31 * MINUTE
    assert times.expires_at - times.issued_at == 600 * SECOND
    assert warp.at((IAT + 1) * SECOND) < times.expires_at


def test_the_login_lies_before_a_warp_that_the_refresh_came_after() -> None:
    times = token_times(read(auth_time=IAT - 120), advanced(IAT - 60, 31 * MINUTE), SEEN)
    assert times.authenticated_at == (IAT - 120) * SECOND


def test_without_iat_nbf_is_mapped_else_the_first_sight() -> None:
    warp = advanced(IAT + 1, 31 * MINUTE)
    by_nbf = token_times(read(iat=None, nbf=IAT), warp, SEEN)
    assert (by_nbf.issued_at, by_nbf.expires_at) == (IAT * SECOND, (IAT + 600) * SECOND)
    by_sight = token_times(read(iat=None), warp, SEEN)
    assert by_sight.issued_at == SEEN + 31 * MINUTE
    assert by_sight.expires_at == by_sight.issued_at + 595 * SECOND


@pytest.mark.parametrize(
    "text",
    ['{"a":1,"a":1}', '{"a":{"b":1,"b":2}}', "[]", "5", "null", "", "{", '{"a":NaN}', '{"a":-Infinity}', "[" * 9000],
)
def test_loose_json_is_refused(text: str) -> None:
    with pytest.raises(TokenRefused, match="malformed"):
        strict_json(segment(text))


@given(st.text())
def test_any_segment_is_read_or_refused(text: str) -> None:
    for part in (text, segment(text.encode("utf-8", "surrogatepass"))):
        try:
            assert isinstance(strict_json(part), dict)
        except TokenRefused as refusal:
            assert refusal.reason == "malformed"


values = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text())


@given(
    st.dictionaries(st.sampled_from(["iss", "sub", "sid", "iat", "nbf", "exp", "auth_time", "groups", "amr"]), values)
)
def test_any_claims_are_read_or_refused(claims: dict[str, Any]) -> None:
    try:
        token = read_claims(claims, "sid", SEEN)
    except TokenRefused:
        return
    assert token.session_key
    token_times(token, Warp(), SEEN)


@pytest.mark.parametrize("said", [False, "false", "False"])
def test_an_address_that_nobody_verified_is_left_out(said: object) -> None:
    claims = {"email": "ada@x.example", "email_verified": said}
    assert verified_email(claims) is None
    assert read(**claims).email is None


def test_other_addresses_are_kept_and_what_is_none_is_left_out() -> None:
    assert verified_email({"email": "ada@x.example"}) == "ada@x.example"
    assert verified_email({"email": "ada@x.example", "email_verified": True}) == "ada@x.example"
    assert [verified_email({"email": odd}) for odd in ("", None, 7, ["ada@x.example"])] == [None] * 4
    assert read(email="ada@x.example").email == "ada@x.example"
