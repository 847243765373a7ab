"""What is sent again, and what is not."""

from typing import Any

from tests.replay.made import exchange

from nightlatch.core.policy import SECOND
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.presented import Presenter
from nightlatch.replay.rerun.captured import Answer, Place, Sent
from nightlatch.replay.rerun.plan import ELSEWHERE, PREFLIGHT, STREAM, UNKNOWN, WRITE, Plan, planned
from nightlatch.replay.session_key import SessionKey

PREFLIGHTS: dict[str, Any] = {"method": "OPTIONS", "Origin": "https://x.test", "Access_Control_Request_Method": "PUT"}
ALL = [
    exchange(0, "/", position=0),
    exchange(10, "/save", position=1, method="POST"),
    exchange(20, "/", cookie="b", position=2),
    exchange(30, "/", position=3)._replace(origin="https://ads.test"),
    exchange(40, "/events", position=4, streamed=True),
    exchange(50, "/ws", position=5, Upgrade="websocket"),
    exchange(60, "/", position=6, **PREFLIGHTS),
    exchange(70, "/", position=7, cookie=None),
    exchange(80, "/lost", position=8),
]
SENT: dict[Place, Sent] = {
    ("made", position): Sent("GET", "/", (), b"", Answer(200, 0)) for position in range(len(ALL) - 1)
}


def _plan(*exchanges: Exchange, **how: Any) -> Plan:
    return planned(exchanges or ALL, Presenter(SessionKey("cookie", "sid")), SENT, **how)


def _positions(plan: Plan) -> list[int]:
    return [step.exchange.position for step in plan.steps]


def test_reads_of_the_busiest_site_are_sent_and_the_rest_is_counted() -> None:
    plan = _plan()
    assert _positions(plan) == [0, 2, 7]
    assert [step.at for step in plan.steps] == [0, 20 * SECOND, 70 * SECOND]
    assert plan.held_back == {WRITE: 1, ELSEWHERE: 1, STREAM: 2, PREFLIGHT: 1, UNKNOWN: 1}
    assert plan.origin == "https://app.test"


def test_writes_only_when_told() -> None:
    assert _positions(_plan(writes=True)) == [0, 1, 2, 7]


def test_one_session_by_the_beginning_of_its_name_and_time_from_its_first_request() -> None:
    name = _plan().steps[1].session
    plan = _plan(session=name[:6])
    assert _positions(plan) == [2]
    assert plan.steps[0].at == 0
    assert _plan(session="nobody").steps == ()


def test_another_site_when_named() -> None:
    assert _positions(_plan(origin="https://ads.test")) == [3]
