"""Time and revocation across processes: the warp and an end are seen by the running guard on the very next request."""

import json
from collections.abc import Callable
from datetime import datetime

import pytest
from tests.e2e import processes
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]


@pytest.fixture(params=["own", "stock"])
def frozen(request: pytest.FixtureRequest, guards: Start, upstream: Upstream) -> Guard:
    """A guard of one's own whose clock stands still."""
    guard = guards(upstream.url, kind=processes.run if request.param == "own" else processes.stock)
    guard.must("clock", "freeze")
    return guard


def _session(browser: Browser) -> str:
    return str(json.loads(browser.fetch("/.nightlatch/session").body)["session"])


def test_idle_is_half_open(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    frozen.must("clock", "advance", "29m59s")
    assert browser.navigate("/").header("Nightlatch-Session").startswith("idle=1800")
    frozen.must("clock", "advance", "30m")
    with upstream.untouched():
        answer = browser.fetch("/api/items")
    assert (answer.status, answer.verdict) == (401, "expired")
    assert [answer.parameter(name) for name in ("clock", "limit", "elapsed")] == ["idle", "1800", "1800"]
    assert 'error="invalid_token"' in answer.header("WWW-Authenticate")


def test_an_expired_navigation_goes_to_the_login_without_its_cookie(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    kept = dict(browser.cookies)
    frozen.must("clock", "advance", "31m")
    with upstream.untouched():
        answer = browser.navigate("/reports")
    assert (answer.status, answer.verdict, answer.parameter("elapsed")) == (302, "expired", "1860")
    assert not browser.cookies
    browser.cookies = kept
    with upstream.untouched():
        assert browser.fetch("/").verdict == "expired"
    browser.cookies = {}
    assert browser.login().navigate("/").status == 200


def test_an_expired_script_keeps_its_cookie(frozen: Guard) -> None:
    browser = Browser(frozen.url).login()
    frozen.must("clock", "advance", "31m")
    browser.fetch("/")
    assert browser.cookies


def test_absolute_ends_the_busiest_session(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    for _ in range(16):
        frozen.must("clock", "advance", "29m")
        assert browser.fetch("/").status == 200
    frozen.must("clock", "advance", "16m")
    with upstream.untouched():
        answer = browser.fetch("/")
    assert [answer.parameter(name) for name in ("clock", "limit", "elapsed")] == ["absolute", "28800", "28800"]


def test_a_poll_and_the_probe_keep_nobody_in(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    for _ in range(2):
        frozen.must("clock", "advance", "14m")
        assert browser.fetch("/.nightlatch/session").status == 200
        assert browser.fetch("/favicon.ico").status == 200
        assert browser.navigate("/", Sec_Purpose="prefetch").status == 200
    frozen.must("clock", "advance", "2m")
    with upstream.untouched():
        assert browser.fetch("/").verdict == "expired"


def test_the_warp_is_shown_while_it_is_on(frozen: Guard) -> None:
    browser = Browser(frozen.url).login()
    frozen.must("clock", "advance", "31m")
    answers = [Browser(frozen.url).navigate("/"), browser.fetch("/"), Browser(frozen.url).navigate("/favicon.ico")]
    assert {answer.header("Nightlatch-Clock") for answer in answers} == {"+31m; frozen"}, answers


def test_the_warp_is_out_of_reach_of_the_guarded_site(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    with upstream.untouched():
        for path in ("/.nightlatch/clock", "/.nightlatch/clock/advance", "/.nightlatch/sessions", "/.nightlatch/reset"):
            assert browser.submit(path, by="31m").status == 404


def test_reset_ends_every_session(frozen: Guard, upstream: Upstream) -> None:
    browser = Browser(frozen.url).login()
    frozen.must("clock", "reset")
    with upstream.untouched():
        assert browser.fetch("/").verdict == "refused"


def test_a_revocation_from_another_process_holds_at_once(guard: Guard, upstream: Upstream) -> None:
    for _ in range(5):
        browser = Browser(guard.url).login("bob")
        assert browser.navigate("/").status == 200
        guard.must("sessions", "end", _session(browser), "--reason", "admin")
        with upstream.untouched():
            answer = browser.fetch("/")
        assert (answer.status, answer.verdict) == (401, "refused")


def test_nobody_asks_and_the_session_still_ends_on_time(frozen: Guard) -> None:
    """The sweeper: what ran out is ended with the exact deadline, without a request."""
    session = _session(Browser(frozen.url).login())
    frozen.must("clock", "advance", "45m")

    def shown() -> dict[str, object] | None:
        sessions = json.loads(frozen.must("sessions", "list", "--json"))
        return next((each for each in sessions if each["id"] == session and each["state"] == "expired"), None)

    found = until(shown, "the sweeper")
    assert found is not None
    started, ended = str(found["started_at"]), str(found["ended_at"])
    assert (datetime.fromisoformat(ended) - datetime.fromisoformat(started)).total_seconds() == 1800


def test_the_events_tell_it(frozen: Guard) -> None:
    browser = Browser(frozen.url).login()
    session = _session(browser)
    frozen.must("clock", "advance", "31m")
    browser.fetch("/")
    browser.fetch("/")
    events = [json.loads(line) for line in frozen.must("events", "--jsonl").splitlines()]
    mine = [event["type"] for event in events if event["session"] == session]
    assert mine[0] == "session.created" or "session.created" in mine
    assert "session.expired" in mine
    (expired,) = [event for event in events if event["type"] == "session.expired"]
    assert (expired["clock"], expired["subject"]) == ("idle", "ada")
    assert "session.reused_after_end" in mine
