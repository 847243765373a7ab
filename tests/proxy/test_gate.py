"""The gate: every verdict, what it does to the request, and what is on disk before the client hears of it."""

import pytest
from mitmproxy import http
from tests.proxy.bench import OWN, Bench, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import settle

RULES = """
[session]
idle = "30m"
absolute = "8h"
[[rule]]
name = "admin"
match = { path = "/admin/**" }
require = { group = ["admins"] }
[[rule]]
name = "pay"
match = { path = "/pay" }
idle = "2m"
on_expiry = "reauthenticate"
[[rule]]
name = "open"
match = { path = "/open/**" }
access = "public"
"""


def test_every_verdict(benches: Benches) -> None:
    bench = benches(RULES)
    ada = bench.log_in()
    gone = bench.log_in("eve")
    bench.post("logout", cookie=gone)
    bench.later(5)
    seen = {
        "allow": bench.kind("/", cookie=ada),
        "public": bench.kind("/open/x"),
        "login": bench.kind("/"),
        "step_up": bench.kind("/pay", cookie=ada),
        "denied": bench.kind("/admin/x", cookie=ada),
        "invalid": bench.kind("/", cookie=f"{OWN}=forged"),
        "refused": bench.kind("/", cookie=gone),
    }
    bench.later(30)
    seen["expired"] = bench.kind("/", cookie=ada)
    assert {name: str(kind) for name, kind in seen.items()} == {name: name for name in seen}
    assert {*seen} | {"error"} == {*map(str, Kind)}


def test_only_what_passes_goes_on(benches: Benches) -> None:
    bench = benches(RULES)
    ada = bench.log_in()
    assert bench.ask("/", cookie=ada).response is None
    assert bench.ask("/open/x").response is None
    assert response(bench.ask("/")).status_code == 302
    assert response(bench.ask("/admin/x", cookie=ada)).status_code == 403
    assert response(bench.ask("/", cookie=f"{OWN}=forged", method="POST")).status_code == 401


def test_an_end_is_on_disk_before_the_answer_is_there(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = bench.log_in()
    bench.later(30)
    states: list[State] = []

    def applying(*_: object) -> None:
        states.append(bench.guard.reader.sessions()[0].state)

    monkeypatch.setattr(settle, "apply", applying)
    bench.ask(cookie=cookie)
    assert states == [State.EXPIRED]


def test_a_create_is_on_disk_before_the_request_passes(benches: Benches, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = benches(identity="cookie:sid")
    known: list[int] = []

    def applying(*_: object) -> None:
        known.append(len(bench.guard.reader.sessions()))

    monkeypatch.setattr(settle, "apply", applying)
    bench.ask(cookie="sid=abc")
    assert known == [1]


def test_an_end_that_cannot_be_written_answers_503(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = bench.log_in()
    bench.later(30)

    async def failing(*_: object) -> None:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(type(bench.guard), "end", failing)
    assert response(bench.ask(cookie=cookie)).status_code == 503


def test_an_expired_request_names_clock_limit_and_elapsed(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(31)
    verdict = the(bench.ask(cookie=cookie)).verdict
    assert (verdict.clock, verdict.limit, verdict.elapsed) == ("idle", 30 * MINUTE, 31 * MINUTE)


def test_the_last_microsecond_is_alive_and_the_deadline_is_not(bench: Bench) -> None:
    cookie, other = bench.log_in(), bench.log_in("bob")
    bench.later(30, us=-1)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    bench.later(us=1)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    assert bench.kind(cookie=other) is Kind.EXPIRED


def test_activity_counts_at_once_and_a_refusal_never(benches: Benches) -> None:
    bench = benches(RULES)
    cookie = bench.log_in()
    bench.later(20)
    bench.ask("/admin/x", cookie=cookie)
    assert bench.session().last_active_at == bench.wall - 20 * MINUTE
    flow = bench.visit("/", cookie=cookie)
    assert bench.session(flow).last_active_at == bench.wall


def test_a_credential_after_the_end_is_told_once_a_minute(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.post("logout", cookie=cookie)
    for _ in range(3):
        bench.ask(cookie=cookie)
    assert bench.trail().count("session.reused_after_end") == 1
    bench.later(1)
    bench.ask(cookie=cookie)
    assert bench.trail().count("session.reused_after_end") == 2


def test_the_decision_can_be_explained(bench: Bench) -> None:
    flow = bench.ask("/reports?token=secret", cookie=bench.log_in())
    bench.guard.behind.stop()
    decision = bench.guard.reader.decision(the(flow).decision)
    assert decision is not None
    assert (decision.path, decision.verdict, decision.activity) == ("/reports", "allow", True)
    assert "secret" not in repr(decision)


def test_a_second_request_that_brings_the_same_new_credential_finds_the_first_ones_session(benches: Benches) -> None:
    bench = benches(identity="cookie:sid")
    first, second = bench.ask(cookie="sid=abc"), bench.ask(cookie="sid=abc")
    assert the(first).session == the(second).session
    assert len(bench.guard.reader.sessions()) == 1


def test_what_was_written_must_be_readable(benches: Benches, monkeypatch: pytest.MonkeyPatch) -> None:
    bench = benches(identity="cookie:sid")
    monkeypatch.setattr(bench.guard.reader, "find", lambda fingerprint: None)
    flow: http.HTTPFlow = bench.ask(cookie="sid=abc")
    assert response(flow).status_code == 503


def test_a_step_up_is_in_the_trail_once_a_minute(benches: Benches) -> None:
    bench = benches(RULES)
    cookie = bench.log_in()
    bench.later(3)
    for _ in range(3):
        assert bench.kind("/pay", cookie=cookie) is Kind.STEP_UP
    assert bench.trail().count("step_up.required") == 1
