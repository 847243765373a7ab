"""An upload whose session ends while it is on its way is answered, and the application never hears of it."""

import pytest
from tests.proxy.bench import SCRIPT, Bench, a_flow, response, the

from nightlatch.core.verdict import Kind

BODY = {"Content-Length": "3"}


@pytest.mark.parametrize("how", ["revoked", "expired"])
def test_the_answer_comes_when_the_body_is_in(bench: Bench, how: str) -> None:
    flow = a_flow("/up", method="PUT", cookie=bench.log_in(), headers=SCRIPT | BODY)
    bench.begin(flow)
    assert flow.response is None
    if how == "revoked":
        bench.revoke(bench.session(flow))
    else:
        bench.later(8 * 60)
    assert bench.look() == []  # nothing is cut: it will be answered
    flow.request.timestamp_end = flow.request.timestamp_start + 5
    bench.body(flow, b"abc")
    kind = Kind.REFUSED if how == "revoked" else Kind.EXPIRED
    assert (response(flow).status_code, the(flow).verdict.kind) == (401, kind)
    logged = bench.guard.reader
    bench.written()
    assert logged.decision(the(flow).decision) is not None


def test_a_body_that_came_with_its_head_is_not_judged_twice(bench: Bench) -> None:
    flow = a_flow("/up", method="PUT", cookie=bench.log_in(), headers=SCRIPT | BODY)
    bench.begin(flow)
    bench.revoke(bench.session(flow))
    flow.request.timestamp_end = flow.request.timestamp_start + 0.01
    bench.body(flow, b"abc")
    assert flow.response is None


def test_a_slow_body_of_a_live_session_goes_on(bench: Bench) -> None:
    flow = a_flow("/up", method="PUT", cookie=bench.log_in(), headers=SCRIPT | BODY)
    bench.begin(flow)
    bench.later(10)
    flow.request.timestamp_end = flow.request.timestamp_start + 600
    bench.body(flow, b"abc")
    assert flow.response is None


def test_one_that_never_ends_is_held_for_a_while_only(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    held: list[object] = []
    monkeypatch.setattr(type(bench.service.held), "hold", lambda _, flow: held.append(flow))
    flow = a_flow("/up", method="PUT", cookie=bench.log_in(), headers=SCRIPT | BODY)
    bench.begin(flow)
    bench.revoke(bench.session(flow))
    bench.look()
    assert held == [flow]


def test_one_whose_session_was_seen_to_end_is_judged_however_quick_it_was(bench: Bench) -> None:
    flow = a_flow("/up", method="PUT", cookie=bench.log_in(), headers=SCRIPT | BODY)
    bench.begin(flow)
    bench.revoke(bench.session(flow))
    bench.look()
    flow.request.timestamp_end = flow.request.timestamp_start + 0.01
    bench.body(flow, b"abc")
    assert response(flow).status_code == 401
