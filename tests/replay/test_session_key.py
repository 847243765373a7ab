import pytest
from tests.replay.made import exchange, view

from nightlatch.replay.exchange import Exchange
from nightlatch.replay.session_key import SessionKey, carried, choose, parse_session_key


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("auto", None),
        ("bearer", SessionKey("bearer")),
        ("Address", SessionKey("address")),
        ("cookie:PHPSESSID", SessionKey("cookie", "PHPSESSID")),
        ("header:X-User", SessionKey("header", "x-user")),
    ],
)
def test_what_can_be_said(text: str, key: SessionKey | None) -> None:
    assert parse_session_key(text) == key


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("cookie", "name of a cookie, such as cookie:sid"),
        ("header: ", "name of a header"),
        ("coookie:x", "Did you mean cookie?"),
        ("auto:x", "unknown; choose auto, cookie:NAME"),
        ("", "unknown"),
    ],
)
def test_mistakes_name_the_choices(text: str, told: str) -> None:
    with pytest.raises(ValueError, match="--session-key") as error:
        parse_session_key(text)
    assert told in str(error.value)


def cookies(*lines: str, issued: tuple[str, ...] = ()) -> list[Exchange]:
    return [exchange(n, cookie=None, Cookie=line, set_cookies=issued if n == 0 else ()) for n, line in enumerate(lines)]


ANALYTICS = "_ga=GA1.2.1234567890.1234567890; theme=dark; csrftoken=abcdef0123456789abcdef0123456789"


@pytest.mark.parametrize("name", ["PHPSESSID", "JSESSIONID", "connect.sid", "sid", "my_session", "ASP.NET_SessionId"])
def test_a_session_cookie_is_found_by_its_name(name: str) -> None:
    choice = choose(cookies(*[f"{ANALYTICS}; {name}=abc"] * 3, *[ANALYTICS] * 9))
    assert choice is not None
    assert choice.key == SessionKey("cookie", name)
    assert "its name" in choice.why


def test_a_session_cookie_without_a_telling_name_is_found_by_how_it_was_set() -> None:
    lines = [f"{ANALYTICS}; k=0123456789abcdef0123"] * 5
    choice = choose(cookies(*lines, issued=("k=0123456789abcdef0123; Path=/; HttpOnly",)))
    assert choice is not None
    assert choice.key == SessionKey("cookie", "k")
    assert "HttpOnly" in choice.why


def test_a_cookie_that_is_another_at_every_request_is_no_session() -> None:
    lines = [f"token={n:032x}; sid=0123456789abcdef" for n in range(8)]
    choice = choose(cookies(*lines))
    assert choice is not None
    assert choice.key.name == "sid"


def test_bearer_tokens_win_where_they_are_what_most_requests_carry() -> None:
    api = [exchange(n, cookie=None, Authorization="Bearer abc") for n in range(5)]
    choice = choose([*api, *cookies(ANALYTICS, "sid=a")])
    assert choice is not None
    assert (choice.key, "5 requests" in choice.why) == (SessionKey("bearer"), True)


def test_without_a_likely_one_the_best_guess_is_said_to_be_one() -> None:
    choice = choose(cookies("_ga=GA1.1.636013294.1693303610; _gid=1", "_ga=GA1.1.636013294.1693303610; _gid=2"))
    assert choice is not None
    assert (choice.key.name, "a guess" in choice.why) == ("_ga", True)


def test_nothing_to_choose_from() -> None:
    assert choose([exchange(0, cookie=None), exchange(1, cookie=None, Authorization="Basic eA==")]) is None


def test_what_carries_a_credential() -> None:
    assert carried(SessionKey("cookie", "sid"), view())
    assert not carried(SessionKey("cookie", "sid"), view(cookie=""))
    assert carried(SessionKey("header", "x-user"), view(X_User="ada"))
    assert not carried(SessionKey("header", "x-user"), view(X_User=" "))
    assert carried(SessionKey("bearer"), view(Authorization="bearer x"))
    assert not carried(SessionKey("bearer"), view(Authorization="Basic x"))
    assert carried(SessionKey("address"), view(cookie=None))


def test_a_value_of_its_own_on_each_request_is_no_session_however_many_there_are() -> None:
    choice = choose(cookies(*(f"token={n:032x}; visitor=abcdefgh12345678abcd{n % 40:04}" for n in range(12_000))))
    assert choice is not None
    assert choice.key.name == "visitor"
    assert "40 values on 12000 requests" in choice.why


def test_as_many_values_as_there_are_are_told() -> None:
    choice = choose(cookies(*(f"sid=abcdefgh12345678{n % 1100:06}" for n in range(12_000))))
    assert choice is not None
    assert "1100 values on 12000 requests" in choice.why
