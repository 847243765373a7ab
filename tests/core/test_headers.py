"""Header fields: structured as RFC 9651 wants them, rounded as promised, and closed to injection."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.headers import (
    CookiePlace,
    clock_header,
    cookie_deletions,
    cors_headers,
    quoted,
    session_header,
    verdict_header,
)
from nightlatch.core.policy import HOUR, MINUTE, SECOND
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind, Remaining, Verdict

OWN = "http://localhost:8080"


def asking(**headers: str) -> RequestView:
    return RequestView("GET", "localhost", "/", "", {name: (value,) for name, value in headers.items()}, "")


def test_a_verdict_with_everything() -> None:
    verdict = Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE, 900 * SECOND, 1313 * SECOND - 1)
    expected = 'expired; clock=idle; limit=900; elapsed=1312; rule="admin"; id=abc-1'
    assert verdict_header(verdict, "abc-1") == expected


def test_a_verdict_with_nothing() -> None:
    assert verdict_header(Verdict(Kind.STEP_UP, "amr"), "abc") == "step_up; id=abc"


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ('say "hi" \\ there', r'expired; rule="say \"hi\" \\ there"; id=a'),
        ("größe\r\nX: y", 'expired; rule="greX: y"; id=a'),
        ("日本", "expired; id=a"),
        ("", "expired; id=a"),
    ],
)
def test_odd_rule_names_cannot_break_out(rule: str, text: str) -> None:
    assert verdict_header(Verdict(Kind.EXPIRED, "clock", rule), "a") == text


def test_an_id_that_is_no_token_is_a_string() -> None:
    assert verdict_header(Verdict(Kind.LOGIN, "no_credential"), "2abc") == 'login; id="2abc"'


@given(st.text())
def test_a_quoted_string_is_one(text: str) -> None:
    assert re.fullmatch(r'"([ !#-\[\]-~]|\\[\\"])*"', quoted(text))


@pytest.mark.parametrize(
    ("remaining", "text"),
    [
        (Remaining(840 * SECOND, 27000 * SECOND), "idle=840, absolute=27000"),
        (Remaining(1, None), "idle=1"),
        (Remaining(None, 5 * SECOND + 1), "absolute=6"),
        (Remaining(-5, None), "idle=0"),
        (Remaining(None, None), ""),
    ],
)
def test_what_remains_is_rounded_up(remaining: Remaining, text: str) -> None:
    assert session_header(remaining) == text


@pytest.mark.parametrize(
    ("offset", "frozen", "text"),
    [
        (31 * MINUTE, False, "+31m"),
        (HOUR + 31 * MINUTE + 5 * SECOND, False, "+1h31m5s"),
        (-5 * MINUTE, False, "-5m"),
        (0, False, None),
        (0, True, "frozen"),
        (31 * MINUTE, True, "+31m; frozen"),
    ],
)
def test_the_clock_is_shown_while_it_is_warped(offset: int, frozen: bool, text: str | None) -> None:
    assert clock_header(offset, frozen) == text


@pytest.mark.parametrize(
    "origin",
    [
        OWN,
        "https://app.example",
        "http://localhost:5173",
        "http://127.0.0.1",
        "http://[::1]:3000",
        "http://x.localhost",
    ],
)
def test_a_script_of_a_known_origin_may_read(origin: str) -> None:
    headers = dict(cors_headers(asking(origin=origin), OWN, ["https://app.example"]))
    assert headers["Access-Control-Allow-Origin"] == origin
    assert headers["Access-Control-Allow-Credentials"] == "true"
    assert "Nightlatch-Verdict" in headers["Access-Control-Expose-Headers"]
    assert headers["Vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    [
        "null",
        "",
        "https://evil.example",
        "http://localhost.evil.example",
        "http://localhost:8080.evil.example",
        "http://127.0.0.1.evil.example",
        "http://localhost:8080@evil.example",
        "http://localhost:8080/",
        "http://localhost\n",
        "file://localhost",
        "http://evil-localhost",
        "*",
    ],
)
def test_a_script_of_another_origin_may_not(origin: str) -> None:
    assert cors_headers(asking(origin=origin), OWN, ["https://app.example"]) == (("Vary", "Origin"),)


def test_a_cookie_is_deleted_where_it_lives() -> None:
    request = asking(cookie="a=1; sid=x; b=2")
    ((name, value),) = cookie_deletions(request, "sid", CookiePlace("/app", "example.test", secure=True))
    assert name == "Set-Cookie"
    assert value.startswith("sid=; Path=/app; Max-Age=0; Expires=Thu, 01 Jan 1970")
    assert value.endswith("; Domain=example.test; Secure")


def test_a_host_only_cookie_on_http_has_neither_domain_nor_secure() -> None:
    ((_, value),) = cookie_deletions(asking(cookie="sid=x"), "sid", CookiePlace())
    assert "Domain" not in value
    assert "Secure" not in value


def test_every_chunk_is_deleted_once() -> None:
    request = asking(cookie="sid.0=a; sid.1=b; sid.0=c; sidx=d; sid-extra=e")
    names = [value.partition("=")[0] for _, value in cookie_deletions(request, "sid*", CookiePlace())]
    assert names == ["sid.0", "sid.1"]


def test_what_was_not_presented_is_not_deleted() -> None:
    assert cookie_deletions(asking(cookie="xsid=1; sid.0=2"), "sid", CookiePlace()) == ()
    assert cookie_deletions(asking(), "sid", CookiePlace()) == ()
