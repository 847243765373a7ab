"""What a guard tells: events with a network and no address, a decision with an id, and never so much that it floods."""

import pytest
from tests.proxy.bench import SITE, Bench, a_flow

from nightlatch.core.events import EventType
from nightlatch.core.session import End
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.view import view


def test_an_end_event_tells_the_clock_or_the_reason(bench: Bench) -> None:
    bench.log_in()
    session = bench.session()
    expired = bench.guard.end_event(session, End(9, "expired", "idle", 5, 6, "admin"))
    assert (expired.type, expired.at) == (EventType.SESSION_EXPIRED, 9)
    assert expired.detail == {"clock": "idle", "limit": 5, "elapsed": 6, "rule": "admin"}
    revoked = bench.guard.end_event(session, End(9, "admin"))
    assert (revoked.type, revoked.detail) == (EventType.SESSION_ENDED, {"reason": "admin"})
    assert revoked.policy == bench.guard.policy.version


def test_an_event_tells_a_network_and_no_address(bench: Bench) -> None:
    request = view(a_flow(address="192.0.2.77", headers={"User-Agent": "Mozilla/5.0 Firefox/130.0"}))
    event = bench.guard.request_event(EventType.LOGIN_FAILED, 1, request, login="dev")
    assert (event.network, event.agent, event.session) == ("192.0.2.0/24", "Firefox", None)


def test_every_decision_has_an_id_of_its_own(bench: Bench) -> None:
    request, verdict = view(a_flow()), Verdict(Kind.LOGIN, "no_credential")
    ids = {bench.guard.log(request, SITE, None, verdict, 1) for _ in range(100)}
    assert len(ids) == 100


def test_many_reuses_do_not_fill_the_memory(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch.proxy.telling._REMEMBERED", 3)
    bench.log_in()
    session, verdict = bench.session(), Verdict(Kind.REFUSED, "logout")
    for number in range(10):
        bench.guard.note_reuse(session._replace(id=f"s{number}"), verdict, view(a_flow()), bench.wall)
    assert len(bench.guard._told) <= 3
