from typing import Any

import pytest
import requests

from nightlatch.testing.session_view import Login
from nightlatch.testing.signing_in import sign_in

LOGIN = Login("k4", "ada", "nightlatch-80", "secret", "http://127.0.0.1:80")


class Context:
    """As Playwright's."""

    def __init__(self) -> None:
        self.cookies: list[dict[str, Any]] = []

    def add_cookies(self, cookies: list[dict[str, Any]]) -> None:
        self.cookies += cookies


class Page:
    def __init__(self, context: Any) -> None:
        self.context = context


class AsyncContext:
    async def add_cookies(self, cookies: list[dict[str, Any]]) -> None:
        raise AssertionError("nobody awaits it")


class Driver:
    """As Selenium's."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.cookies: list[dict[str, Any]] = []

    def get(self, url: str) -> None:
        self.asked.append(url)

    def add_cookie(self, cookie: dict[str, Any]) -> None:
        assert self.asked, "a driver takes cookies only for the site that it is at"
        self.cookies.append(cookie)


def test_a_page_is_signed_in_by_its_context() -> None:
    one, other = Context(), Context()
    sign_in(one, LOGIN)
    sign_in(Page(other), LOGIN)
    assert one.cookies == other.cookies
    assert one.cookies[0]["url"] == LOGIN.url and one.cookies[0]["httpOnly"]


def test_the_asynchronous_api_is_told_what_to_do() -> None:
    with pytest.raises(TypeError, match="await"):
        sign_in(Page(AsyncContext()), LOGIN)


def test_a_driver_goes_there_first() -> None:
    driver = Driver()
    sign_in(driver, LOGIN)
    assert driver.asked == ["http://127.0.0.1:80/.nightlatch/session"]
    assert driver.cookies[0]["value"] == "secret"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "app.localhost"])
def test_requests_sends_it_there_and_nowhere_else(host: str) -> None:
    session = requests.Session()
    sign_in(session, Login("k4", "ada", "nightlatch-80", "secret", f"http://{host}:80"))
    there = session.prepare_request(requests.Request("GET", f"http://{host}:80/x"))
    elsewhere = session.prepare_request(requests.Request("GET", "http://example.org/x"))
    assert there.headers["Cookie"] == "nightlatch-80=secret"
    assert "Cookie" not in elsewhere.headers


def test_what_is_not_known_is_said_with_what_is() -> None:
    with pytest.raises(TypeError, match=r"knows no dict; it takes a Playwright page"):
        sign_in({}, LOGIN)
