import json

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import HOUR, MINUTE, SECOND, Limits, Policy
from nightlatch.core.session import End, Session, ended
from nightlatch.core.session_json import session_document

START = 1_785_578_400_000_000  # 2026-08-01T10:00:00Z
POLICY = Policy("test", "0" * 12, session=Limits(idle=15 * MINUTE, absolute=8 * HOUR))
SESSION = Session(
    id="abcdefghijkl",
    site="http://localhost:3000",
    subject="ada",
    source="nightlatch",
    started_at=START,
    authenticated_at=START,
    last_active_at=START + MINUTE,
    gap_from_at=START,
    gap=MINUTE,
    groups=("admins",),
)


def test_a_live_session_tells_what_is_left_of_each_clock() -> None:
    document = session_document(SESSION, POLICY, START + 3 * MINUTE + 1)

    assert document["state"] == "active"
    assert document["started_at"] == "2026-08-01T10:00:00.000Z"
    assert document["last_active_at"] == "2026-08-01T10:01:00.000Z"
    assert document["ended_at"] is None and document["end"] is None
    assert document["clocks"] == {
        "absolute": {"limit": 28800, "elapsed": 180, "remaining": 28620, "deadline": "2026-08-01T18:00:00.000Z"},
        "idle": {"limit": 900, "elapsed": 120, "remaining": 780, "deadline": "2026-08-01T10:16:00.000Z"},
    }


def test_a_clock_that_is_off_is_left_out() -> None:
    policy = POLICY._replace(session=Limits(idle=None, absolute=HOUR))
    assert list(session_document(SESSION, policy, START)["clocks"]) == ["absolute"]


def test_an_ended_session_stands_still_and_says_why() -> None:
    end = End(START + 16 * MINUTE, "expired", "idle", 15 * MINUTE, 15 * MINUTE + 999_999, "admin", START + MINUTE)
    over = ended(SESSION, end)

    document = session_document(over, POLICY, START + 5 * HOUR)

    assert document["state"] == "expired"
    assert document["ended_at"] == "2026-08-01T10:16:00.000Z"
    assert document["end"] == {"reason": "expired", "clock": "idle", "limit": 900, "elapsed": 900, "rule": "admin"}
    assert document["clocks"]["idle"]["remaining"] == 0
    assert document == session_document(over, POLICY, START + 50 * HOUR)


def test_a_session_that_was_revoked_names_no_clock() -> None:
    document = session_document(ended(SESSION, End(START, "admin")), POLICY, START)
    assert document["end"] == {"reason": "admin", "clock": None, "limit": None, "elapsed": None, "rule": None}


def test_it_is_plain_json() -> None:
    document = session_document(SESSION._replace(reauthenticated_at=START + 7), POLICY, START)
    assert json.loads(json.dumps(document)) == document


@given(st.integers(0, 20 * HOUR))
def test_elapsed_and_remaining_add_up_while_alive_and_nothing_remains_after(passed: int) -> None:
    for clock in session_document(SESSION, POLICY, START + passed)["clocks"].values():
        if clock["elapsed"] < clock["limit"]:
            assert clock["elapsed"] + clock["remaining"] == clock["limit"]
        else:
            assert clock["remaining"] == 0


def test_the_last_moment_is_not_shown_as_nothing() -> None:
    deadline = SESSION.last_active_at + 15 * MINUTE
    assert session_document(SESSION, POLICY, deadline - 1)["clocks"]["idle"]["remaining"] == 1
    assert session_document(SESSION, POLICY, deadline)["clocks"]["idle"]["remaining"] == 0
    assert session_document(SESSION, POLICY, deadline + SECOND)["clocks"]["idle"]["remaining"] == 0
