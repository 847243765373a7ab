"""Garbage, giant, forged and duplicate credentials: refused or ignored, never a crash, never a pass."""

import pytest
from tests.e2e.client import Answer, Browser, compose, raw
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream

GARBAGE = [
    "",
    "=",
    "x" * 40,
    "\xff\xfe\x80",
    "%00",
    '"',
    "a" * 8000,
    "../../etc/passwd",
    "' or 1=1 --",
    "\x01\x02",
    "{}",
    "é" * 50,
]


def _ask(guard: Guard, *lines: tuple[str, str]) -> Answer:
    host = guard.url.removeprefix("http://")
    return raw(guard.url, compose("GET", "/api/items", [("Host", host), ("Accept", "application/json"), *lines]))


def _own(browser: Browser) -> tuple[str, str]:
    (found,) = browser.cookies.items()
    return found


@pytest.mark.parametrize("value", GARBAGE)
def test_garbage_in_the_guards_cookie(guard: Guard, visitor: Browser, upstream: Upstream, value: str) -> None:
    name, _ = _own(visitor)
    with upstream.untouched():
        answer = _ask(guard, ("Cookie", f"{name}={value}"))
    assert answer.status in (0, 400, 401)
    assert answer.verdict in ("", "login", "invalid")


def test_an_unknown_credential_is_invalid(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    name, value = _own(visitor)
    with upstream.untouched():
        answer = _ask(guard, ("Cookie", f"{name}={value[:-4]}AAAA"))
    assert (answer.status, answer.verdict) == (401, "invalid")
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_two_different_credentials_are_invalid_in_any_spelling(
    guard: Guard, visitor: Browser, upstream: Upstream
) -> None:
    name, value = _own(visitor)
    with upstream.untouched():
        assert _ask(guard, ("Cookie", f"{name}={value}; {name}=other")).verdict == "invalid"
        assert _ask(guard, ("Cookie", f"{name}=other; {name}={value}")).verdict == "invalid"
        assert _ask(guard, ("Cookie", f"{name}={value}"), ("Cookie", f"{name}=other")).verdict == "invalid"
        assert _ask(guard, ("Cookie", f"{name}={value}"), ("cookie", f" {name} = other ")).verdict == "invalid"


@pytest.mark.parametrize("spelling", ["{0}={1}; {0}={1}", '{0}="{1}"', " {0}={1} ;", "a=b;{0}={1};c", "{0}={1};;"])
def test_one_credential_has_one_reading(guard: Guard, visitor: Browser, upstream: Upstream, spelling: str) -> None:
    assert _ask(guard, ("Cookie", spelling.format(*_own(visitor)))).status == 200
    assert _own(visitor)[1] not in str(upstream.last.headers)


def test_a_giant_cookie_header_does_no_harm(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = _ask(guard, ("Cookie", "; ".join(f"c{number}={'x' * 90}" for number in range(600))))
    assert answer.status in (0, 400, 401, 431)
    assert visitor.navigate("/").status == 200


def test_ten_thousand_cookies_do_no_harm(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    name, _ = _own(visitor)
    with upstream.untouched():
        answer = _ask(guard, ("Cookie", ";".join([f"{name}={number}" for number in range(5000)])))
    assert answer.status in (0, 400, 401, 431)
    assert visitor.navigate("/").status == 200
    assert guard.alive()


def test_the_name_is_compared_exactly(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    name, value = _own(visitor)
    with upstream.untouched():
        assert _ask(guard, ("Cookie", f"{name.upper()}={value}")).status == 401
        assert _ask(guard, ("X-Cookie", f"{name}={value}")).status == 401


@pytest.mark.parametrize("header", ["Bearer x.y.z", "Basic YWRhOg==", "Bearer", "Negotiate", "\xff"])
def test_an_authorization_header_is_no_session_here(guard: Guard, upstream: Upstream, header: str) -> None:
    with upstream.untouched():
        assert _ask(guard, ("Authorization", header)).status in (400, 401)


def test_a_credential_is_never_written_down(guard: Guard, visitor: Browser) -> None:
    _, value = _own(visitor)
    visitor.navigate(f"/?token={value}")
    files = [path for path in guard.directory.rglob("*") if path.is_file()]
    assert not [path.name for path in files if value.encode() in path.read_bytes()]
