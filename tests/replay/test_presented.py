from typing import Any

from tests.replay.made import T0, exchange
from tests.replay.tokens import jwt

from nightlatch.core.identity import Anonymous, Identity, Presented, Unreadable
from nightlatch.core.policy import SECOND
from nightlatch.replay.presented import Presenter, label
from nightlatch.replay.session_key import SessionKey


def presented(kind: str, name: str = "", seconds: float = 0, **headers: Any) -> Presented:
    return Presenter(SessionKey(kind, name))(exchange(seconds, cookie=None, **headers))


def test_a_cookie_is_read_as_the_guard_reads_it() -> None:
    plain, quoted, encoded = (
        presented("cookie", "sid", Cookie=f"x=1; sid={value}") for value in ("a-b", '"a-b"', "a%2Db")
    )
    assert isinstance(plain, Identity)
    assert plain == quoted == encoded
    assert presented("cookie", "sid", Cookie="x=1") == Anonymous()
    assert presented("cookie", "sid", Cookie="sid=a; sid=b") == Unreadable("duplicate")


def test_a_label_is_short_and_stable_and_tells_nothing() -> None:
    found = presented("cookie", "sid", Cookie="sid=secret")
    assert isinstance(found, Identity)
    assert len(label(found)) == 12
    assert label(found, 2) == f"{label(found)}#2"
    assert "secret" not in label(found)
    assert found == presented("cookie", "sid", Cookie="sid=secret")


def test_the_same_value_in_another_place_is_another_session() -> None:
    header, cookie = presented("header", "x-user", X_User="a"), presented("cookie", "sid", Cookie="sid=a")
    assert isinstance(header, Identity)
    assert isinstance(cookie, Identity)
    assert header.fingerprint != cookie.fingerprint


def test_addresses_are_persons_and_an_unknown_one_is_one_too() -> None:
    made = exchange(0, cookie=None)
    there = made._replace(request=made.request._replace(address="10.0.0.1"))
    presenter = Presenter(SessionKey("address"))
    nowhere, somewhere = presenter(made), presenter(there)
    assert isinstance(nowhere, Identity)
    assert isinstance(somewhere, Identity)
    assert nowhere.fingerprint != somewhere.fingerprint


def bearer(**claims: Any) -> Identity:
    found = presented("bearer", Authorization=f"Bearer {jwt(**claims)}")
    assert isinstance(found, Identity)
    return found


def test_a_jwt_tells_its_times_and_its_person() -> None:
    found = bearer(sub="ada", iat=-10, exp=90, auth_time=-20, groups=["staff"])
    assert (found.subject, found.groups) == ("ada", ("staff",))
    assert found.token is not None
    assert found.token.issued_at == (T0 - 10) * SECOND
    assert found.token.expires_at == (T0 + 90) * SECOND
    assert found.token.authenticated_at == (T0 - 20) * SECOND


def test_a_token_without_iat_counts_from_when_it_is_first_seen() -> None:
    found = bearer(exp=90)
    assert found.token is not None
    assert (found.token.issued_at, found.subject) == (T0 * SECOND, None)


def test_which_tokens_are_of_one_session() -> None:
    same = [bearer(sid="s", exp=1).fingerprint, bearer(sid="s", exp=2).fingerprint]
    assert same[0] == same[1]
    login = [bearer(sub="a", auth_time=5, exp=exp).fingerprint for exp in (10, 20)]
    assert login[0] == login[1] != bearer(sub="a", auth_time=6, exp=10).fingerprint
    own = [bearer(sub="a", iat=iat, exp=20).fingerprint for iat in (1, 2)]
    assert own[0] != own[1]


def test_what_is_no_jwt_is_a_value() -> None:
    for value in ("abc", "a.b.c", "....", "x.bm90IGpzb24.y"):
        found = presented("bearer", Authorization=f"Bearer {value}")
        assert isinstance(found, Identity)
        assert found.token is None
    assert presented("bearer", Authorization="Basic YTpi") == Anonymous()
    assert presented("bearer") == Anonymous()
