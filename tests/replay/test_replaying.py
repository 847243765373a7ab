from typing import Any

import pytest
from tests.replay.made import BY_COOKIE, exchange, policy, rule

from nightlatch.core.policy import Activity, PassivePattern
from nightlatch.replay.exchange import Capture, Skipped
from nightlatch.replay.replaying import replay, wanted_headers
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.timeline import timeline


def test_the_document() -> None:
    exchanges = [exchange(0), exchange(60, "/quiet"), exchange(1860, "/x", method="POST")]
    times = timeline([Capture("made.har", exchanges, [Skipped("entries[3]", "why")])])
    strict = policy(1800, None, passive="/quiet")._replace(name="P")
    document: Any = replay(times, [strict, policy(None, None)._replace(name="Q")], BY_COOKIE)
    nothing = dict.fromkeys(("login", "refused", "step_up", "public", "denied", "invalid"), 0)
    assert document == {
        "schema": "nightlatch.replay/1",
        "capture": {
            "files": ["made.har"],
            "requests": 3,
            "skipped": [{"at": "entries[3]", "why": "why"}],
            "from": "2023-11-14T22:13:20.000Z",
            "to": "2023-11-14T22:44:20.000Z",
        },
        "policies": [
            {
                "name": "P",
                "sessions": 2,
                "verdicts": {"allow": 2, "expired": 1, **nothing},
                "expired_by": {"idle": 1, "absolute": 0, "token": 0},
                "relogins": 1,
                "lost_writes": 1,
                "kept_alive_by_polling": 0,
                "exposure_seconds": 1800,
            },
            {
                "name": "Q",
                "sessions": 1,
                "verdicts": {"allow": 3, "expired": 0, **nothing},
                "expired_by": {"idle": 0, "absolute": 0, "token": 0},
                "relogins": 0,
                "lost_writes": 0,
                "kept_alive_by_polling": 0,
                "exposure_seconds": 0,
            },
        ],
        "routes": [
            {"route": "GET /", "requests": 1, "activity": 1, "passive": 0, "looks_like": "person"},
            {"route": "GET /quiet", "requests": 1, "activity": 0, "passive": 1, "looks_like": "person"},
            {"route": "POST /x", "requests": 1, "activity": 0, "passive": 1, "looks_like": "person"},
        ],
    }


# Three people and a favicon, minutes after nine o'clock; idle is 15 minutes. By hand, of each session from the last
# activity to the end: a 09:10 to 09:25, b 09:00 to 09:15, c 09:00 to 09:15, which is 900 s each. Who logs in again: b
# 09:25 to 09:40, 900 s; a 09:30, and the capture ends at 09:44:30, before the session would, so 870 s.
HAND_WORKED = (
    (0, "a", "GET"),
    (0, "b", "GET"),
    (0, "c", "GET"),
    (10, "a", "GET"),
    (20, "b", "GET"),
    (25, "b", "GET"),
    (30, "a", "POST"),
)


@pytest.mark.parametrize(
    ("relogin", "sessions", "allowed", "expired", "relogins", "exposure"),
    [(True, 5, 5, 2, 2, 4 * 900 + 870), (False, 3, 4, 3, 0, 3 * 900)],
    ids=["relogin", "strict"],
)
def test_the_figures_that_a_person_works_out_by_hand(
    relogin: bool, sessions: int, allowed: int, expired: int, relogins: int, exposure: int
) -> None:
    exchanges = [exchange(at * 60, "/page", cookie, method=method) for at, cookie, method in HAND_WORKED]
    exchanges.append(exchange(44.5 * 60, "/favicon.ico", None))
    times = timeline([Capture("made.har", exchanges, [])])
    document: Any = replay(times, [policy(15 * 60, 8 * 3600)], BY_COOKIE, relogin=relogin)
    (figures,) = document["policies"]
    nothing = dict.fromkeys(("login", "refused", "step_up", "denied", "invalid"), 0)
    assert figures == {
        "name": "made",
        "sessions": sessions,
        "verdicts": {"allow": allowed, "expired": expired, "public": 1, **nothing},
        "expired_by": {"idle": expired, "absolute": 0, "token": 0},
        "relogins": relogins,
        "lost_writes": 1,
        "kept_alive_by_polling": 0,
        "exposure_seconds": exposure,
    }


def test_every_decision_goes_to_the_sink_policy_by_policy() -> None:
    told: list[tuple[str, str]] = []
    times = timeline([Capture("a", [exchange(0), exchange(1)], [])])
    replay(
        times,
        [policy(), policy()._replace(name="Q")],
        BY_COOKIE,
        sink=lambda each, by: told.append((by.name, each.verdict.kind)),
    )
    assert told == [("made", "allow")] * 2 + [("Q", "allow")] * 2


def test_an_empty_timeline_has_no_times() -> None:
    document: Any = replay(timeline([]), [policy()], BY_COOKIE)
    assert (document["capture"]["from"], document["capture"]["to"], document["routes"]) == ("", "", [])


def test_readers_keep_what_policies_and_the_key_ask_for() -> None:
    quiet = policy(10, 10, rule("x", "/x"))._replace(activity=Activity((PassivePattern(header="x-quiet"),)))
    assert wanted_headers([policy(), quiet], SessionKey("header", "x-user")) == {"x-quiet", "x-user"}
    assert wanted_headers([policy()], None) == frozenset()
