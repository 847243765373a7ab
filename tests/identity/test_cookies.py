"""A cookie is found in every spelling that some server accepts, read in one way, and taken out without a trace."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.identity.cookies import cookie_values, read_value, without_cookies

names = st.sampled_from(["sid", "connect.sid", "my_sess", "sid*", "ASP.NET_SessionId", "__Host-x"])
garbage = st.text() | st.lists(
    st.sampled_from(["sid", "sid.0", "=", ";", ",", " ", '"', "%73", "%", "\\", "\\073", "abc", "\ud800", "my.sess"])
).map("".join)


def read(raw: str, name: str = "sid") -> tuple[str, ...]:
    return cookie_values({"cookie": (raw,)}, name)


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("sid=abc", ("abc",)),
        ("a=1; sid=abc; b=2", ("abc",)),
        ("a=1;sid=abc;b=2", ("abc",)),
        ("sid = abc ", ("abc",)),
        ('sid="abc"', ("abc",)),
        ('sid=" abc "', ("abc",)),
        (r'sid="a\142c"', ("abc",)),
        (r'sid="a\"c"', ('a"c',)),
        ("sid=%61bc", ("abc",)),
        ("sid=%2561bc", ("abc",)),
        ("sid=%22abc%22", ("abc",)),
        ("sid=a=b==", ("a=b==",)),
        ("sid=a b, c", ("a b, c",)),
        ("xsid=1; sidx=2; x.sid=3; -sid=4", ()),
        ("SID=abc", ()),
        ("sid", ()),
        ("sid=", ()),
        ("sid=; sid=abc", ("abc",)),
        ("sid=abc; sid=abc", ("abc",)),
        ('sid=abc; sid="abc"', ("abc",)),
        ("sid=abc; sid=def", ("abc", "def")),
        ("a=x sid=abc", ("abc",)),
        ("a=1, sid=abc", ("abc",)),
        ('a="1; sid=abc"', ("abc",)),
        ("%73id=abc", ("abc",)),
        ("sid=abc, sid=def", ("abc, sid=def", "def")),
    ],
)
def test_what_the_header_gives(raw: str, values: tuple[str, ...]) -> None:
    assert read(raw) == values


def test_several_headers_are_one() -> None:
    assert cookie_values({"cookie": ("a=1", "sid=abc", "b=2")}, "sid") == ("abc",)
    assert cookie_values({"cookie": ("sid=abc", "sid=def")}, "sid") == ("abc", "def")
    assert cookie_values({}, "sid") == ()
    assert cookie_values({"cookie": ()}, "sid") == ()


@pytest.mark.parametrize("spelling", ["my.sess", "my sess", "my[sess", "my_sess", "my+sess"])
def test_php_reads_other_characters_as_underscores(spelling: str) -> None:
    assert read(f"{spelling}=abc", "my_sess") == ("abc",)


def test_asp_net_does_not_mind_letter_case() -> None:
    assert read("asp.net_sessionid=abc", "ASP.NET_SessionId") == ("abc",)
    assert read(".ASPXAUTH=abc", ".aspxauth") == ("abc",)


def test_dots_in_a_name_are_dots() -> None:
    assert read("connectxsid=abc", "connect.sid") == ()


@pytest.mark.parametrize(
    ("raw", "values"),
    [
        ("sid.0=ab; sid.1=cd", ("abcd",)),
        ("sid.1=cd; sid.0=ab", ("abcd",)),
        ("sid_0=ab; sid_1=cd", ("abcd",)),
        ("sid-0=ab; sid-1=cd", ("abcd",)),
        ("sid.10=c; sid.9=b; sid.1=a", ("abc",)),
        ("sid=ab; sid.1=cd", ("abcd",)),
        ("sid=abc", ("abc",)),
        ("sid.0=a%6; sid.1=2c", ("abc",)),
        ("sid.0=ab; sid.1=cd; sid.0=xx", ("abcd", "xxcd")),
        ("sid.0=ab; sid.0=ab", ("ab",)),
        ("sid.x=ab; sidx.0=cd", ()),
    ],
)
def test_chunks_are_joined_in_order(raw: str, values: tuple[str, ...]) -> None:
    assert read(raw, "sid*") == values


@pytest.mark.parametrize(
    ("raw", "left"),
    [
        ("sid=abc", None),
        ("a=1; sid=abc; b=2", "a=1; b=2"),
        ("a=1;b=2", "a=1; b=2"),
        ("%73id=abc; a=1", "a=1"),
        ("a=x sid=abc; b=2", "b=2"),
        ("sid=abc; sid=def; own=x", None),
        ("xsid=1; SID=2", "xsid=1; SID=2"),
        ("", None),
        (" ; ;", None),
    ],
)
def test_cookies_are_taken_out(raw: str, left: str | None) -> None:
    assert without_cookies(raw, ("sid", "own")) == left


def test_chunks_are_taken_out() -> None:
    assert without_cookies("sid.0=a; sid_1=b; sid=c; sid.x=d", ("sid*",)) == "sid.x=d"


@given(garbage, names)
def test_nothing_that_can_be_read_is_left(raw: str, name: str) -> None:
    left = without_cookies(raw, (name,))
    assert left is None or cookie_values({"cookie": (left,)}, name) == ()


@given(st.lists(garbage, max_size=3), names)
def test_garbage_is_survived(lines: list[str], name: str) -> None:
    values = cookie_values({"cookie": tuple(lines)}, name)
    assert len(values) <= 2
    assert all(values)


@given(st.text(st.characters(codec="ascii", categories=["L", "N"]), min_size=1))
def test_every_spelling_of_a_value_reads_the_same(value: str) -> None:
    encoded = "".join(f"%{ord(char):02x}" for char in value)
    octal = "".join(f"\\{ord(char):03o}" for char in value)
    assert {read_value(text) for text in (value, f' "{value}" ', encoded, f'"{octal}"')} == {value}


@pytest.mark.parametrize(
    "raw",
    [
        "sid=" + "x" * 200_000,
        "sid=" + "%25" * 60_000,
        "sid" + " " * 200_000,
        " " * 200_000 + "sid=",
        "sid= " * 40_000,
        "sid.1=a;" * 25_000,
        "sid.1=" * 30_000,
        ";" * 200_000,
        '"' * 200_000,
    ],
    ids=lambda raw: repr(raw[:8]),
)
@pytest.mark.parametrize("name", ["sid", "sid*"])
def test_giant_headers_take_little_time(raw: str, name: str) -> None:
    started = time.process_time()
    read(raw, name)
    without_cookies(raw, (name,))
    assert time.process_time() - started < 2.0
