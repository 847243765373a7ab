import pytest
from tests.proxy.bench import START
from tests.web.desk import Desk

from nightlatch.core.events import EventType
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import MINUTE


def test_time_is_moved_and_every_session_with_it(desk: Desk) -> None:
    session = desk.log_in_at_control()
    assert desk.call("POST", "/clock/advance", {"by": "31m"}).json == {
        **{"now": rfc3339(START + 31 * MINUTE), "wall": rfc3339(START), "offset": 1860, "frozen": False},
    }
    assert desk.sweep() == 1
    found = desk.get(f"/sessions/{session}")
    assert (found["state"], found["end"]["clock"], found["ended_at"]) == (
        "expired",
        "idle",
        rfc3339(START + 30 * MINUTE),
    )


def test_time_stands_still_and_goes_on(desk: Desk) -> None:
    assert desk.call("POST", "/clock/freeze").json["frozen"]
    desk.later(minutes=5)
    assert desk.get("/clock")["offset"] == -300
    assert desk.call("POST", "/clock/freeze").json["frozen"]
    assert not desk.call("POST", "/clock/resume").json["frozen"]
    desk.later(minutes=1)
    assert desk.call("POST", "/clock/resume").json["now"] == rfc3339(START + MINUTE)
    told = [event["action"] for event in desk.get("/events?type=clock.warped")]
    assert told == ["freeze", "resume"]


def test_a_reset_ends_every_session(desk: Desk) -> None:
    desk.log_in_at_control()
    desk.log_in_at_control("bob")
    desk.call("POST", "/clock/advance", {"by": "1m"})
    assert desk.call("POST", "/reset").json == {
        **{"now": rfc3339(START), "wall": rfc3339(START), "offset": 0, "frozen": False, "ended": 2}
    }
    assert [session["end"]["reason"] for session in desk.get("/sessions")] == ["reset", "reset"]


def test_of_two_who_move_it_at_once_the_slower_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    before = desk.guard.clock.read()
    desk.warp(60)
    monkeypatch.setattr(desk.guard.clock, "read", lambda: before)
    reply = desk.call("POST", "/clock/advance", {"by": "1m"})
    assert (reply.status, reply.json["detail"]) == (
        409,
        "The clock was moved by somebody else at the same moment. Give the command again.",
    )
    assert desk.guard.behind.failure is None


@pytest.mark.parametrize("by", ["-5m", "off", "", "5", "31 m", "4000d"])
def test_it_only_goes_forward_by_a_duration(desk: Desk, by: str) -> None:
    reply = desk.call("POST", "/clock/advance", {"by": by})
    assert reply.status == 400
    assert reply.json["detail"].startswith("by: ")
    assert desk.get("/clock")["offset"] == 0


def test_the_trail_tells_who_moved_it(desk: Desk) -> None:
    desk.call("POST", "/clock/freeze", Nightlatch_By="the checkout test")
    (event,) = desk.guard.reader.events(types=(EventType.CLOCK_WARPED,))
    assert event.event.detail["actor"] == "control: the checkout test"
