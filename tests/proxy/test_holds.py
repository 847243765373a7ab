"""An export through one guard is no absent person to another guard of the ledger (law of time 4)."""

import os

import pytest
from tests.proxy.bench import Bench, the

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import Hold
from nightlatch.proxy.holds import forget_the_dead

DEAD = 2**22 + 1


def tell(bench: Bench) -> list[Hold]:
    bench.service.holds.tell(bench.wall)
    bench.written()
    return list(bench.guard.reader.holds())


def test_what_takes_longer_than_a_second_is_told_while_it_runs(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    start = bench.wall
    bench.later(us=SECOND)
    assert tell(bench) == []
    bench.later(us=1)
    assert tell(bench) == [Hold(flow.id, bench.session(flow).id, os.getpid(), start, 30 * MINUTE)]
    assert len(tell(bench)) == 1
    bench.finish(bench.answer(flow))
    assert tell(bench) == []


def elsewhere(bench: Bench, pid: int, *, idle: int | None = 30 * MINUTE) -> str:
    """Somebody's session, with an exchange of that process that began just now; the Cookie header."""
    cookie = bench.log_in()
    with bench.elsewhere() as writer:
        writer.hold([Hold("x1", bench.session().id, pid, bench.wall, idle)])
    return cookie


def test_while_another_guard_holds_it_idle_does_not_run_here(bench: Bench) -> None:
    cookie = elsewhere(bench, os.getppid())
    bench.later(29.9)
    bench.later(29)
    assert bench.sweep() == 0
    flow = bench.visit(cookie=cookie)
    assert the(flow).verdict.kind is Kind.ALLOW
    session = bench.session(flow)
    assert (session.gap, session.last_active_at) == (28.9 * MINUTE, bench.wall)


def test_what_is_open_here_lives_on(bench: Bench) -> None:
    cookie = elsewhere(bench, os.getppid())
    bench.socket(cookie)
    bench.later(31)
    assert bench.look() == []


def test_it_is_held_for_no_longer_than_one_idle_limit(bench: Bench) -> None:
    cookie = elsewhere(bench, os.getppid())
    bench.later(60, us=-1)
    flow = bench.ask("/poll", cookie=cookie, headers={"Sec-Purpose": "prefetch"})
    assert the(flow).verdict.kind is Kind.ALLOW
    bench.later(us=1)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


@pytest.mark.parametrize("pid", [DEAD, os.getpid()], ids=["dead", "oneself"])
def test_a_hold_of_nobody_holds_nothing(bench: Bench, pid: int) -> None:
    cookie = elsewhere(bench, pid)
    bench.later(30)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


def test_absolute_goes_on(bench: Bench) -> None:
    elsewhere(bench, os.getppid(), idle=None)
    bench.later(8 * 60)
    bench.sweep()
    bench.later(us=5 * SECOND)
    bench.sweep()
    assert bench.session().state is State.EXPIRED


def test_what_the_dead_left_behind_is_forgotten(bench: Bench) -> None:
    elsewhere(bench, DEAD)
    forget_the_dead(bench.guard.reader, bench.guard.behind)
    bench.written()
    assert list(bench.guard.reader.holds()) == []
