import asyncio

import pytest
from tests.proxy.bench import Bench
from tests.proxy.conftest import Benches

from nightlatch.core.events import Event, EventType
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.writer import SqliteWriter
from nightlatch.proxy import guard
from nightlatch.proxy.policy_change import apply_policy


def _text(idle: str) -> str:
    return f'[policy]\nname = "changed"\n[session]\nidle = "{idle}"\nabsolute = "8h"\n'


def _apply(bench: Bench, text: str) -> int:
    return bench.run(apply_policy(bench.service, text, "ada"))


def _events(bench: Bench, *types: EventType) -> list[Event]:
    return [chained.event for chained in bench.guard.reader.events(types=types)]


def test_it_is_in_force_on_the_next_request_and_recorded_with_who_did_it(bench: Bench) -> None:
    cookie, before = bench.log_in(), bench.guard.policy.version
    bench.later(minutes=4)
    assert _apply(bench, _text("5m")) == 0
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    bench.later(minutes=5)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED
    loaded = _events(bench, EventType.POLICY_LOADED)[-1]
    assert (loaded.policy, loaded.detail["actor"]) == (bench.guard.policy.version, "ada")
    assert (loaded.detail["name"], loaded.detail["previous"]) == ("changed", before)
    assert bench.guard.reader.policies()[0].text == _text("5m")


def test_a_tightened_limit_ends_what_has_outlived_it_and_says_so(bench: Bench) -> None:
    bench.log_in()
    before = bench.guard.policy.version
    bench.later(minutes=6)
    assert _apply(bench, _text("5m")) == 1
    (session,) = bench.guard.reader.sessions()
    assert session.end is not None
    assert (session.state, session.end.at, session.end.clock) == (State.EXPIRED, bench.wall, "idle")
    assert (session.end.limit, session.end.elapsed) == (5 * MINUTE, 6 * MINUTE)
    (event,) = _events(bench, EventType.SESSION_EXPIRED)
    assert event.detail["tightened_from"] == before
    assert event.policy == bench.guard.policy.version


def test_a_session_that_was_looked_away_from_for_long_ends_too(bench: Bench) -> None:
    """By the widest gap (law 3): it may not have been idle just now."""
    cookie = bench.log_in()
    bench.later(minutes=20)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    assert _apply(bench, _text("15m")) == 1
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


def test_a_loosened_limit_revives_nothing(bench: Bench) -> None:
    """Not even what had run out a moment ago, before the sweeper came."""
    cookie = bench.log_in()
    bench.later(minutes=30)
    assert _apply(bench, _text("2h")) == 0
    assert bench.kind(cookie=cookie) is Kind.EXPIRED
    (session,) = bench.guard.reader.sessions()
    assert session.end is not None and session.end.at == bench.wall
    (event,) = _events(bench, EventType.SESSION_EXPIRED)
    assert "tightened_from" not in event.detail


def test_a_broken_one_is_refused_and_the_last_good_one_stays(bench: Bench) -> None:
    before = bench.guard.policy
    with pytest.raises(PolicyInvalid):
        _apply(bench, "[session]\nidel = '5m'\n")
    assert bench.guard.policy is before
    (event,) = _events(bench, EventType.POLICY_REJECTED)
    assert (event.detail["actor"], event.detail["line"], event.detail["mistakes"]) == ("ada", 2, 1)
    assert "idel" in str(event.detail["first"])


def test_what_the_command_line_opened_stays_open(benches: Benches) -> None:
    bench = benches(public="/open/**")
    _apply(bench, _text("5m"))
    assert bench.kind("/open/x") is Kind.PUBLIC


def test_it_is_announced_so_that_commands_judge_by_it(bench: Bench) -> None:
    bench.service.announce([("127.0.0.1", 8080)])
    _apply(bench, _text("5m"))
    bench.written()
    assert [guard.policy for guard in bench.guard.reader.guards()] == ["changed"]


def test_many_are_ended_in_several_steps(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "AT_ONCE", 2)
    for _ in range(5):
        bench.log_in()
    bench.later(minutes=6)
    assert _apply(bench, _text("5m")) == 5
    assert {session.state for session in bench.guard.reader.sessions()} == {State.EXPIRED}


def test_two_changes_at_once_come_one_after_the_other(bench: Bench) -> None:
    async def both() -> list[int]:
        return await asyncio.gather(*(apply_policy(bench.service, _text(idle), idle) for idle in ("5m", "6m")))

    bench.run(both())
    loaded = _events(bench, EventType.POLICY_LOADED)[-2:]
    assert loaded[1].detail["previous"] == loaded[0].policy


def test_one_that_cannot_be_recorded_does_not_come_into_force(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    before = bench.guard.policy

    def broken(*_: object) -> None:
        raise LedgerError("the disk is full")

    monkeypatch.setattr(SqliteWriter, "change_policy", broken)
    with pytest.raises(LedgerError):
        _apply(bench, _text("5m"))
    assert bench.guard.policy is before
