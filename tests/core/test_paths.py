"""Readings of a path: all of the plausible ones, never too many, never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core import paths
from nightlatch.core.paths import EVERY, MOST_READINGS, readings

PIECES = st.sampled_from(
    [
        "/",
        "//",
        ".",
        "..",
        "%2e",
        "%252e",
        "%2f",
        "%5c",
        "\\",
        ";a=1",
        "%00",
        "admin",
        "%c0%ae",
        "%u002f",
        "#",
        "?",
        " ",
    ]
)


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/healthz",
        "/API/v1/users/42",
        "/a/b.tar.gz",
        "/.well-known/security.txt",
        "/@vite/client",
        "/a..b/",
        "/...x",
    ],
)
def test_an_ordinary_path_has_one_reading(path: str) -> None:
    assert readings(path) == (path,)


@pytest.mark.parametrize(
    ("path", "plain"),
    [
        ("/caf%C3%A9", "/café"),
        ("/a/./b/../c", "/a/c"),
        ("/a/..", "/"),
        ("/a/b/..", "/a/"),
        ("/../..", "/"),
        ("/a;x=1/b", "/a;x=1/b"),
        ("/a%2fb", "/a/b"),
        ("/a%252fb", "/a%2fb"),
        ("/a?b", "/a"),
        ("/a#b", "/a"),
        ("", "/"),
        ("a", "/a"),
        ("*", "*"),
        ("/100%", "/100%"),
        ("/%zz", "/%zz"),
    ],
)
def test_the_plain_reading_comes_first(path: str, plain: str) -> None:
    assert readings(path)[0] == plain


@pytest.mark.parametrize(
    ("path", "reading"),
    [
        ("/a%2fb", "/a%2fb"),
        ("/a%2fb", "/a/b"),
        ("/a%25252fb", "/a/b"),
        ("/a/../b", "/a/../b"),
        ("/a//b", "/a/b"),
        ("/a//b", "/a//b"),
        ("/a;x/b", "/a/b"),
        ("/a\\b", "/a/b"),
        ("/a%00.html", "/a"),
        ("/a%00b", "/ab"),
        ("/a%3fb", "/a"),
        ("/a.", "/a"),
        ("/a%20/b", "/a/b"),
        ("/a/.. /b", "/b"),
        ("/%c0%ae%c0%ae/b", "/b"),
        ("/a%c0%2fb", "/a/b"),
        ("/a%e0%80%afb", "/a/b"),
        ("/a%f0%80%80%afb", "/a/b"),
        ("/a%u002fb", "/a/b"),
        ("/%ef%bc%a1", "/A"),
        ("http://host/b", "/b"),
        ("//host/b", "/b"),
        ("/a#/../../b", "/b"),
        ("/%ff", "/\udcff"),
    ],
)
def test_a_careless_application_is_foreseen(path: str, reading: str) -> None:
    assert reading in readings(path)


def test_steps_are_foreseen_in_any_order() -> None:
    """Resolved first, then decoded, then resolved again: not what decoding alone leads to."""
    assert {"/admin", "/admin/"} & set(readings("/healthz/%2e%2e/admin/%2e%2e/.."))


def test_query_and_fragment_take_no_part() -> None:
    assert readings("/a?x=/../b#c") == ("/a",)
    assert readings("/a#section-1.2") == ("/a",)


@given(st.text(max_size=60) | st.lists(PIECES, max_size=25).map("".join))
def test_any_text_has_few_distinct_readings(path: str) -> None:
    found = readings(path)
    assert 1 <= len(found) <= MOST_READINGS + 1
    assert len(set(found)) == len(found)
    assert found[0] != EVERY
    assert EVERY not in found[:-1]


@given(st.lists(PIECES, max_size=8).map(lambda pieces: "/" + "".join(pieces)))
def test_readings_are_closed_under_reading(path: str) -> None:
    """What an application could make of a reading is a reading too, unless there are too many of them."""
    found = readings(path)
    if EVERY not in found:
        assert all(
            set(readings(reading)) <= set(found) for reading in found if "#" not in reading and "?" not in reading
        )


def test_too_many_readings_are_said_to_be_every_one() -> None:
    assert readings("/a%2fb%5c..%25%35%63;x=1/%2e%2e;//.%00c" * 40)[-1] == EVERY
    assert readings("/a%20" + "b" * 5000)[-1] == EVERY
    assert readings("/" + "b" * 5000) == ("/" + "b" * 5000,)


def test_long_paths_do_not_stay_in_memory() -> None:
    paths._remembered.cache_clear()
    for length in (10, 5000):
        assert readings("/%61" + length * "b")[0] == "/a" + length * "b"
    assert paths._remembered.cache_info().currsize == 1
