"""`--identity cookie:NAME`: the application's own session cookie is the session, and the application logs people in."""

import json
from collections.abc import Callable

import pytest
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]


@pytest.fixture
def guard(guards: Start, upstream: Upstream) -> Guard:
    upstream.replies["/login"] = Reply(headers=(("Set-Cookie", "SID=first; Path=/; HttpOnly"),))
    return guards(upstream.url, "--identity", "cookie:SID", "--login", "redirect:/login")


def _logged_in(guard: Guard) -> Browser:
    browser = Browser(guard.url)
    assert browser.navigate("/login").status == 200
    assert browser.cookies == {"SID": "first"}
    return browser


def test_a_stranger_is_sent_to_the_applications_login(guard: Guard, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = Browser(guard.url).navigate("/reports")
    assert (answer.status, answer.verdict) == (302, "login")
    assert answer.header("Location") == "/login?return_to=%2Freports"


def test_the_cookie_of_the_login_is_the_session(guard: Guard, upstream: Upstream) -> None:
    browser = _logged_in(guard)
    assert browser.navigate("/reports").status == 200
    assert upstream.last.values("Cookie") == ["SID=first"]
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    assert session["state"] == "active"


def test_an_ended_value_never_reaches_the_application(guard: Guard, upstream: Upstream) -> None:
    browser = _logged_in(guard)
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    guard.must("sessions", "end", session["id"])
    with upstream.untouched():
        assert browser.fetch("/reports").verdict == "refused"
    browser.fetch("/favicon.ico", Cookie="SID=first; theme=dark")
    assert upstream.last.values("Cookie") == ["theme=dark"]
    browser.fetch("/login", Cookie="SID=first")
    assert not upstream.last.has("Cookie")


def test_an_application_that_fixates_is_told_so(guard: Guard, upstream: Upstream) -> None:
    browser = _logged_in(guard)
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    guard.must("sessions", "end", session["id"])
    again = Browser(guard.url).navigate("/login")
    assert not [line for line in again.values("Set-Cookie") if line.startswith("SID=first")]
    assert "--allow-reissue" in guard.log
    with upstream.untouched():
        assert browser.fetch("/").verdict == "refused"


def test_once_the_application_issues_it_an_invented_value_is_no_session(guard: Guard, upstream: Upstream) -> None:
    _logged_in(guard)
    browser = Browser(guard.url)
    browser.cookies = {"SID": "invented"}
    with upstream.untouched():
        assert browser.fetch("/").verdict == "login"


def test_a_new_value_for_a_live_session_is_a_rotation(guard: Guard, upstream: Upstream) -> None:
    browser = _logged_in(guard)
    upstream.replies["/account"] = Reply(headers=(("Set-Cookie", "SID=second; Path=/"),))
    assert browser.navigate("/account").status == 200
    assert browser.cookies == {"SID": "second"}
    assert browser.navigate("/").status == 200
    (session,) = json.loads(guard.must("sessions", "list", "--json"))
    guard.must("clock", "advance", "20s")
    thief = Browser(guard.url)
    thief.cookies = {"SID": "first"}
    with upstream.untouched():
        assert thief.fetch("/").status == 401
        assert browser.fetch("/").verdict == "refused"
    (after,) = json.loads(guard.must("sessions", "list", "--json"))
    assert (after["id"], after["state"], after["started_at"]) == (session["id"], "ended", session["started_at"])


def test_two_cookies_of_that_name_are_invalid(guard: Guard, upstream: Upstream) -> None:
    browser = _logged_in(guard)
    with upstream.untouched():
        assert browser.fetch("/", Cookie="SID=first; SID=other").verdict == "invalid"


def test_by_default_the_application_sees_strangers_and_old_values_are_taken_over(
    guards: Start, upstream: Upstream
) -> None:
    guard = guards(upstream.url, "--identity", "cookie:SID")
    assert Browser(guard.url).navigate("/reports").status == 200
    browser = Browser(guard.url)
    browser.cookies = {"SID": "from-last-week"}
    assert browser.navigate("/reports").status == 200
    guard.must("clock", "advance", "31m")
    with upstream.untouched():
        answer = browser.navigate("/reports?x=1")
    assert (answer.status, answer.verdict, answer.header("Location")) == (302, "expired", "/reports?x=1")
    assert not browser.cookies
    assert browser.navigate("/reports").status == 200


def test_a_session_cookie_nobody_told_of_is_pointed_out(guards: Start, upstream: Upstream) -> None:
    upstream.replies["/"] = Reply(
        headers=(("Set-Cookie", "JSESSIONID=0123456789abcdef0123456789abcdef; Path=/; HttpOnly"),)
    )
    guard = guards(upstream.url)
    Browser(guard.url).login().navigate("/")
    until(lambda: "--identity cookie:JSESSIONID" in guard.log, f"the hint; it says:\n{guard.log}")


def test_a_login_page_that_is_itself_guarded_is_pointed_out(guards: Start, upstream: Upstream) -> None:
    guard = guards(upstream.url, "--identity", "cookie:SID", "--login", "redirect:https://login.example/sign-in")
    browser = Browser(guard.url)
    assert [browser.navigate("/sign-in").status for _ in range(2)] == [302, 302]
    answer = browser.navigate("/sign-in")
    assert answer.status not in (302, 303)
    assert "--public" in answer.text
    assert "--public" in guard.log


def test_a_browser_that_keeps_no_cookie_is_told_why(guards: Start, upstream: Upstream) -> None:
    browser = Browser(guards(upstream.url).url)
    statuses = []
    for _ in range(3):
        browser.cookies = {}
        statuses.append(browser.navigate("/account").status)
        browser.login()
    assert statuses[:2] == [302, 302]
    assert statuses[2] not in (302, 303)
