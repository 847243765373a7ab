from typing import Any

import pytest
from tests.cli.bench import POLICY, SITE, Bench, decision

from nightlatch.core.events import Chained, EventType
from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.session import End, Session, ended
from nightlatch.explain.evidence import Evidence
from nightlatch.explain.reasons import decision_document, why_decided, why_session

START = 1_785_578_400_000_000
SESSION = Session("aaaaaaaaaaaa", SITE, "ada", "nightlatch", START, START, START + MINUTE, START)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({}, "It counted as activity."),
        ({"activity": False}, "It did not count as activity."),
        (
            {"verdict": "expired", "clock": "idle", "limit": 30 * MINUTE, "elapsed": 31 * MINUTE, "reason": "clock"},
            "The clock idle: no activity for 31m, limit 30m, exceeded by 1m.",
        ),
        ({"verdict": "refused", "reason": "admin"}, "This session was ended by an administrator."),
        ({"verdict": "login", "reason": "no_credential"}, "This needs a login."),
        ({"rule": "admin"}, "Rule admin, policy version ffffffffffff."),
        ({"verdict": "public", "reason": "rule"}, "Rule [session], policy version ffffffffffff."),
    ],
)
def test_a_decision_says_why(changes: dict[str, Any], told: str) -> None:
    lines = why_decided(decision(SESSION, "d1", START, "/admin", **changes))
    assert lines[0].startswith("GET /admin was answered `") and told in lines


def test_a_decision_as_json_has_seconds() -> None:
    document = decision_document(decision(SESSION, "d1", START, limit=900_000_000, elapsed=901_999_999))
    assert (document["at"], document["limit"], document["elapsed"]) == ("2026-08-01T10:00:00.000Z", 900, 901)
    assert decision_document(decision(SESSION, "d1", START))["limit"] is None


def test_a_live_session_says_what_is_left_and_what_did_not_count() -> None:
    polls = [decision(SESSION, f"d{n}", START + 2 * MINUTE + n, "/poll", activity=False) for n in range(3)]
    lines = why_session(Evidence(SESSION, [], polls), POLICY, START + 3 * MINUTE)
    assert lines == (
        "Session aaaaaaaaaaaa of ada is active.",
        "The last activity was 2m ago. What is left: absolute 7h57m, idle 28m.",
        "Requests since the last activity that did not count as such: GET /poll (3 times).",
    )


def test_an_expired_one_says_from_when_to_when(bench: Bench) -> None:
    end = End(START + HOUR, "expired", "idle", 30 * MINUTE, 59 * MINUTE, "admin", START + MINUTE)
    chained = Chained(1, bench.event(EventType.SESSION_EXPIRED, SESSION), "", "")
    lines = why_session(Evidence(ended(SESSION, end), [chained], []), POLICY, START + 2 * HOUR)
    assert lines == (
        "Session aaaaaaaaaaaa of ada expired at 2026-08-01T11:00:00.000Z: "
        "no activity for 59m, limit 30m, exceeded by 29m (rule admin).",
        "The clock idle ran from 2026-08-01T10:01:00.000Z, the last activity before that.",
        f"The policy in force had version {POLICY.version}.",
    )


def test_a_revoked_one_names_no_clock() -> None:
    session = ended(SESSION._replace(subject=None), End(START + HOUR, "admin"))
    assert why_session(Evidence(session, [], []), POLICY, START) == (
        "Session aaaaaaaaaaaa of someone was ended at 2026-08-01T11:00:00.000Z: by an administrator.",
    )


def test_an_end_that_was_ordered_says_so_at_once(bench: Bench) -> None:
    end = End(START + HOUR, "expired", "idle", 30 * MINUTE, 30 * MINUTE, None, START + HOUR - 30 * MINUTE)
    event = bench.event(EventType.SESSION_EXPIRED, SESSION, on_purpose="next-write")
    lines = why_session(Evidence(ended(SESSION, end), [Chained(1, event, "", "")], []), POLICY, START + 2 * HOUR)
    assert lines == (
        "Session aaaaaaaaaaaa of ada expired at 2026-08-01T11:00:00.000Z: `nightlatch expire` ordered it (next-write). "
        "To the client it looks like no activity for 30m, limit 30m.",
        f"The policy in force had version {POLICY.version}.",
    )
