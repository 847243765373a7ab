import json
from typing import Any

import pytest
from tests.cli.bench import SITE, decision

from nightlatch.core.events import Chained, Event, EventType
from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.session import Session
from nightlatch.explain.evidence import Evidence
from nightlatch.explain.timeline import moment_document, moment_line, timeline

START = 1_785_578_400_000_000
SESSION = Session("aaaaaaaaaaaa", SITE, "ada", "nightlatch", START, START, START, START)


def _event(type_: EventType, at: int, **detail: Any) -> Chained:
    return Chained(1, Event(type_, at, SESSION.id, detail=detail), "", "")


def _lines(evidence: Evidence) -> list[str]:
    return [moment_line(moment)[26:] for moment in timeline(evidence)]


def test_a_life_is_told_in_order() -> None:
    events = [
        _event(EventType.LOGIN_SUCCEEDED, START, login="dev"),
        _event(EventType.SESSION_CREATED, START, source="nightlatch"),
        _event(EventType.SESSION_EXTENDED, START + 5 * MINUTE),
        _event(EventType.SESSION_EXPIRED, START + HOUR, clock="idle", limit=30 * MINUTE, elapsed=HOUR, rule="admin"),
        _event(EventType.SESSION_REUSED_AFTER_END, START + HOUR, verdict="expired"),
    ]
    decisions = [
        decision(SESSION, "d1", START, "/"),
        decision(SESSION, "d2", START + MINUTE, "/poll", activity=False),
        decision(SESSION, "d3", START + 2 * MINUTE, "/poll", activity=False),
        decision(SESSION, "d4", START + HOUR, "/x", verdict="expired", activity=False),
    ]
    warps = [_event(EventType.CLOCK_WARPED, START + HOUR, action="advance", by=50 * MINUTE)]
    assert _lines(Evidence(SESSION, events, decisions, warps)) == [
        "  login (dev)",
        "  the session begins (nightlatch)",
        "* GET / -> allow",
        "  GET /poll -> allow, no activity (2 times, until 2026-08-01T10:02:00.000Z)",
        "* the person chose to stay signed in",
        "  the clock is moved forward by 50m",
        "  GET /x -> expired",
        "  expired: no activity for 1h, limit 30m, exceeded by 30m (rule admin)",
        "  its credential is used again (verdict expired)",
    ]


def test_what_a_stopped_clock_let_happen_comes_before_the_leap() -> None:
    warps = [
        _event(EventType.CLOCK_WARPED, START, action="freeze"),
        _event(EventType.CLOCK_WARPED, START + HOUR, action="advance", by=HOUR),
    ]
    told = _lines(Evidence(SESSION, [], [decision(SESSION, "d1", START, "/")], warps))
    assert told == ["  the clock is stopped", "* GET / -> allow", "  the clock is moved forward by 1h"]


@pytest.mark.parametrize(
    ("type_", "detail", "told"),
    [
        (EventType.CLOCK_WARPED, {"action": "freeze"}, "the clock is stopped"),
        (EventType.CLOCK_WARPED, {"action": "resume"}, "the clock goes on"),
        (EventType.CLOCK_WARPED, {}, "the clock is moved"),
        (EventType.SESSION_ENDED, {"reason": "reset"}, "ended: the clock was reset"),
        (EventType.SESSION_ENDED, {"reason": "new_reason"}, "ended: new_reason"),
        (EventType.SESSION_EXPIRED, {"clock": "idle"}, "expired: the clock idle ran out"),
        (EventType.ALERT_RAISED, {"alert": 3, "detector": "idle_flare", "why": "Why."}, "alert 3, idle_flare: Why."),
        (EventType.SESSION_REUSED_AFTER_END, {"elapsed": 9_000_000}, "its credential is used again, 9s after the end"),
    ],
)
def test_every_event_has_words(type_: EventType, detail: dict[str, Any], told: str) -> None:
    assert _lines(Evidence(SESSION, [_event(type_, START, **detail)], [])) == [f"  {told}"]


def test_equal_requests_are_told_once_only_while_nothing_differs() -> None:
    paths = ["/", "/", "/poll", "/"]
    decisions = [decision(SESSION, f"d{number}", START + number, path) for number, path in enumerate(paths)]
    moments = timeline(Evidence(SESSION, [], decisions))
    assert [(moment.text, moment.times, moment.decision) for moment in moments] == [
        ("GET / -> allow", 2, "d0"),
        ("GET /poll -> allow", 1, "d2"),
        ("GET / -> allow", 1, "d3"),
    ]


def test_a_moment_is_plain_json() -> None:
    moment = timeline(Evidence(SESSION, [], [decision(SESSION, "d1", START), decision(SESSION, "d2", START + MINUTE)]))
    document = moment_document(moment[0])
    assert document == {
        "at": "2026-08-01T10:00:00.000Z",
        "text": "GET / -> allow",
        "activity": True,
        "times": 2,
        "until": "2026-08-01T10:01:00.000Z",
        "type": None,
        "decision": "d1",
    }
    assert json.loads(json.dumps(document)) == document


def test_an_end_that_was_ordered_says_so() -> None:
    detail = {"clock": "idle", "limit": 30 * MINUTE, "elapsed": 30 * MINUTE, "on_purpose": "next-write"}
    (line,) = _lines(Evidence(SESSION, [_event(EventType.SESSION_EXPIRED, START + HOUR, **detail)], []))
    assert "expired on purpose (next-write), as though: no activity for 30m, limit 30m" in line
