"""Origins are compared whatever their spelling, and only the one that is meant is replaced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.proxy.origins import Origin, moved, origin_of

APPLICATION = Origin("http", "localhost", 3000)
GUARD = Origin("http", "127.0.0.1", 8080)


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://localhost:3000", APPLICATION),
        ("HTTP://LocalHost:3000/path?q#f", APPLICATION),
        ("http://localhost.:3000/", APPLICATION),
        ("http:\\\\localhost:3000\\x", APPLICATION),
        ("http://example.com", Origin("http", "example.com", 80)),
        ("https://example.com:443/", Origin("https", "example.com", 443)),
        ("http://[::1]:3000/", Origin("http", "::1", 3000)),
        ("ftp://localhost:3000", None),
        ("http://user@localhost:3000", None),
        ("http://localhost:port", None),
        ("http://[::1", None),
        ("/path", None),
        ("null", None),
        ("", None),
    ],
)
def test_reading(url: str, origin: Origin | None) -> None:
    assert origin_of(url) == origin


def test_a_reference_without_scheme_takes_the_pages() -> None:
    assert origin_of("//localhost:3000/x", "http") == APPLICATION
    assert origin_of("//localhost:3000/x", "https") != APPLICATION


@pytest.mark.parametrize(
    ("url", "result"),
    [
        ("http://localhost:3000", "http://127.0.0.1:8080"),
        ("http://localhost:3000/a?b=http://localhost:3000#c", "http://127.0.0.1:8080/a?b=http://localhost:3000#c"),
        ("//LOCALHOST:3000/a", "http://127.0.0.1:8080/a"),
        ("http://localhost:3000?next=/", "http://127.0.0.1:8080?next=/"),
        ("/a", "/a"),
        ("a/b", "a/b"),
        ("https://localhost:3000/a", "https://localhost:3000/a"),
        ("http://localhost:3001/a", "http://localhost:3001/a"),
        ("http://localhost:3000.evil.example/", "http://localhost:3000.evil.example/"),
        ("http://localhost:3000@evil.example/", "http://localhost:3000@evil.example/"),
        ("http://evil.example/http://localhost:3000/", "http://evil.example/http://localhost:3000/"),
    ],
)
def test_only_the_source_is_replaced(url: str, result: str) -> None:
    assert moved(url, APPLICATION, GUARD) == result


@given(st.text())
def test_no_text_is_an_error(text: str) -> None:
    moved(text, APPLICATION, GUARD)


@given(st.sampled_from(["http", "https"]), st.sampled_from(["a.example", "::1", "127.0.0.1"]), st.integers(1, 65535))
def test_what_is_written_is_read_again(scheme: str, host: str, port: int) -> None:
    assert origin_of(str(Origin(scheme, host, port))) == Origin(scheme, host, port)


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "127.8.9.1", "::1"])
def test_loopback(host: str) -> None:
    assert Origin("http", host, 1).is_loopback


@pytest.mark.parametrize("host", ["example.com", "localhost.example.com", "notlocalhost", "10.0.0.1", "::2"])
def test_not_loopback(host: str) -> None:
    assert not Origin("http", host, 1).is_loopback
