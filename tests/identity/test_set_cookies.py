"""Set-Cookie as a browser reads it: what is issued, what is deleted, what behaves like a session cookie."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.identity.set_cookies import is_deletion, issued_value, looks_like_session, parse_set_cookie

WALL = 1_750_000_000_000_000
RANDOM = "s%3Aq8Zp3vXk1LmT9rYw.7hGfD2sA"


def test_a_cookie_with_its_attributes() -> None:
    cookie = parse_set_cookie(" sid = a=b ; Path=/app; HttpOnly ;SAMESITE=Lax; Max-Age=5; max-age=6;")
    assert cookie.name == "sid"
    assert cookie.value == "a=b"
    assert cookie.attributes == {"path": "/app", "httponly": "", "samesite": "Lax", "max-age": "6"}


def test_a_header_without_a_name() -> None:
    assert parse_set_cookie("junk; Path=/")[:2] == ("", "junk")
    assert parse_set_cookie("")[:2] == ("", "")


@pytest.mark.parametrize(
    ("header", "deletes"),
    [
        ("sid=", True),
        ('sid=""; Path=/', True),
        ("sid=x; Max-Age=0", True),
        ("sid=x; Max-Age=-1", True),
        ("sid=x; Expires=Thu, 01 Jan 1970 00:00:00 GMT", True),
        ("sid=deleted; expires=Thu, 01-Jan-1970 00:00:01 GMT; Max-Age=0", True),
        ("sid=x; expires=Thu, 01-Jan-70 00:00:01 GMT", True),
        ("sid=x", False),
        ("sid=x; Max-Age=60", False),
        ("sid=x; Max-Age=60; Expires=Thu, 01 Jan 1970 00:00:00 GMT", False),
        ("sid=x; Max-Age=0; Expires=Fri, 01 Jan 2100 00:00:00 GMT", True),
        ("sid=x; Max-Age=soon; Expires=Fri, 01 Jan 2100 00:00:00 GMT", False),
        ("sid=x; Expires=Fri, 01 Jan 2100 00:00:00 GMT", False),
        ("sid=x; Expires=0", False),
        ("sid=x; Expires=Sun, 99 Foo 99999 99:99:99 GMT", False),
        ("sid=x; Max-Age=" + "9" * 5000, False),
    ],
)
def test_a_deletion(header: str, deletes: bool) -> None:
    assert is_deletion(parse_set_cookie(header), WALL) is deletes


def test_a_cookie_is_gone_at_the_instant_it_expires() -> None:
    cookie = parse_set_cookie("sid=x; Expires=Sun, 15 Jun 2025 15:06:40 GMT")
    assert is_deletion(cookie, WALL)
    assert not is_deletion(cookie, WALL - 1)


@pytest.mark.parametrize(
    ("headers", "name", "value"),
    [
        (["sid=abc; Path=/"], "sid", "abc"),
        (['sid="%61bc"'], "sid", "abc"),
        (["a=1", "sid=old", "sid=new"], "sid", "new"),
        (["sid=abc", "sid=; Max-Age=0"], "sid", None),
        (["sid=; Max-Age=0", "sid=abc"], "sid", "abc"),
        (["other=abc"], "sid", None),
        ([], "sid", None),
        (["sid.1=cd", "sid.0=ab", "sid.2=; Max-Age=0"], "sid*", "abcd"),
    ],
)
def test_what_an_answer_issues(headers: list[str], name: str, value: str | None) -> None:
    assert issued_value(map(parse_set_cookie, headers), name, WALL) == value


@pytest.mark.parametrize(
    "header",
    [
        f"connect.sid={RANDOM}; Path=/; HttpOnly",
        "PHPSESSID=5b2l8s0c1q7k3m9d4f6g8h0j2k; path=/",
        "JSESSIONID=0123456789ABCDEF0123456789ABCDEF",
        "ASP.NET_SessionId=lit3py55t21z5v55vlm25s55; HttpOnly",
        "__Host-session=eyJ1IjoxfQ.Zx.abc",
        "sessionid=abcdefghijklmnop",
        "laravel_session=eyJpdiI6Ik",
        "next-auth.session-token=abcdefgh12345678",
        "q=q8Zp3vXk1LmT9rYw7hGfD2sA; HttpOnly",
    ],
)
def test_it_behaves_like_a_session_cookie(header: str) -> None:
    assert looks_like_session(parse_set_cookie(header))


@pytest.mark.parametrize(
    "header",
    [
        "csrftoken=q8Zp3vXk1LmT9rYw7hGfD2sA",
        "XSRF-TOKEN=q8Zp3vXk1LmT9rYw7hGfD2sA; HttpOnly",
        "theme=dark",
        "session=1",
        "sid=; Max-Age=0",
        "sid=abcdefghijkl; Max-Age=0",
        "_ga=GA1.1.1234567890.1234567890; HttpOnly",
        "q=q8Zp3vXk1LmT9rYw7hGfD2sA",
        "name=Some words that make no secret; HttpOnly",
        "version=2024-01-01; HttpOnly",
        "=x",
        "",
    ],
)
def test_it_does_not(header: str) -> None:
    assert looks_like_session(parse_set_cookie(header)) is None


@given(
    st.text() | st.lists(st.sampled_from(["sid", "=", ";", "Max-Age=", "Expires=", "1", "%", "Mon", "\0"])).map("".join)
)
def test_garbage_is_survived(header: str) -> None:
    cookie = parse_set_cookie(header)
    is_deletion(cookie, WALL)
    looks_like_session(cookie)
    issued_value([cookie], "sid", WALL)


@given(st.text().map("sid=x; Expires=".__add__))
def test_odd_dates_are_survived(header: str) -> None:
    is_deletion(parse_set_cookie(header), WALL)
