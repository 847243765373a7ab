from nightlatch.testing.expectations import explained, settled
from nightlatch.testing.session_view import ClockOf, Session


def _session(state: str, remaining: int) -> Session:
    clocks = {"idle": ClockOf(900, 900 - remaining, remaining, "")}
    return Session("k4", "ada", state, clocks, None if state == "active" else "idle", {})


def test_the_sweeper_gets_its_chance_and_no_more() -> None:
    coming = iter([_session("active", 0), _session("active", 0), _session("expired", 0)])
    assert settled(lambda: next(coming)).state == "expired"
    alive = iter([_session("active", 1)])
    assert settled(lambda: next(alive)).state == "active"


def test_a_timeline_marks_what_counted() -> None:
    moment = {"at": "12:00", "text": "GET / -> allow", "activity": True, "times": 2, "until": "12:05"}
    lines = explained({"summary": "It lives.", "timeline": [moment]}).splitlines()
    assert lines == ["It lives.", "", "12:00  * GET / -> allow (2 times, until 12:05)", "", "* counted as activity"]
