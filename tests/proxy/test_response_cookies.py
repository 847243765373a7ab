"""Cookies that the application sets arrive at a browser that knows it by the guard's name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.proxy.origins import Origin
from nightlatch.proxy.response_cookies import mend_set_cookie, needs_https

GUARD = Origin("http", "localhost", 8080)
SECURE_GUARD = Origin("https", "localhost", 8443)
APPLICATION = Origin("https", "app.example.com", 443)


@pytest.mark.parametrize(
    ("line", "mended"),
    [
        ("a=1", "a=1"),
        ("a=1; Path=/; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; Domain=app.example.com; Path=/", "a=1; Path=/"),
        ("a=1; domain=.Example.com ; Path=/", "a=1; Path=/"),
        ("a=1; Domain=other.example; Path=/", "a=1; Domain=other.example; Path=/"),
        ("a=1; Domain=pp.example.com", "a=1; Domain=pp.example.com"),
        ("a=1; Secure; HttpOnly", "a=1; HttpOnly"),
        ("a=1; SameSite=None; SECURE", "a=1; SameSite=Lax"),
        ("a=1; samesite = none; Secure; Partitioned", "a=1; SameSite=Lax"),
        ("a=1; SameSite=Strict; Secure", "a=1; SameSite=Strict"),
        ("a=Secure; Domain=app.example.com", "a=Secure"),
        ("__Host-a=1; Secure; Path=/", "__Host-a=1; Secure; Path=/"),
        ("__secure-a=1; Secure; Domain=example.com", "__secure-a=1; Secure"),
        ("a=1;Domain=app.example.com;Secure;Path=/", "a=1;Path=/"),
        ("a=1; Domain=", "a=1; Domain="),
    ],
)
def test_over_http(line: str, mended: str) -> None:
    assert mend_set_cookie(line, GUARD, APPLICATION) == mended


def test_over_https_secure_stays() -> None:
    line = "a=1; Secure; SameSite=None; Domain=app.example.com"
    assert mend_set_cookie(line, SECURE_GUARD, APPLICATION) == "a=1; Secure; SameSite=None"


def test_a_domain_that_both_share_stays() -> None:
    guard = Origin("https", "guard.example.com", 443)
    assert mend_set_cookie("a=1; Domain=example.com", guard, APPLICATION) == "a=1; Domain=example.com"
    assert mend_set_cookie("a=1; Domain=app.example.com", guard, APPLICATION) == "a=1"


def test_localhost_is_no_domain_for_a_browser() -> None:
    assert mend_set_cookie("a=1; Domain=localhost", GUARD, Origin("http", "localhost", 3000)) == "a=1"


@given(st.text())
def test_no_line_is_an_error_and_the_cookie_itself_stays(line: str) -> None:
    assert mend_set_cookie(line, GUARD, APPLICATION).partition(";")[0] == line.partition(";")[0]
    needs_https(line)
