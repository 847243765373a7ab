"""Sessions end when they end, at their exact deadline, although nobody asks."""

import asyncio
import os
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest
from tests.proxy.bench import SITE, Bench
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import State
from nightlatch.ledger.port import Guard
from nightlatch.proxy.guard import Guard as Guarding
from nightlatch.proxy.sweeper import AT_ONCE, Sweeper


def neighbour(bench: Bench, pid: int, site: str = SITE) -> None:
    """Another guard announces itself on this ledger."""
    with bench.elsewhere() as writer:
        writer.announce(Guard(site, f"http://x:{pid}", "nightlatch-1", "nightlatch", "dev", (), "default", pid, 1))


@pytest.mark.parametrize("late", [0, 1, 7 * SECOND, 3 * 60 * MINUTE])
def test_the_deadline_is_recorded_however_late_the_sweeper_comes(bench: Bench, late: int) -> None:
    bench.log_in()
    deadline = bench.wall + 30 * MINUTE
    bench.later(30, us=-1)
    assert bench.sweep() == 0
    bench.later(us=1 + late)
    assert bench.sweep() == 1
    end = bench.session().end
    assert end is not None and (end.at, end.clock, end.limit) == (deadline, "idle", 30 * MINUTE)
    assert bench.trail()[-1] == "session.expired"
    assert bench.sweep() == 0


def test_absolute_ends_the_busiest(benches: Benches) -> None:
    bench = benches('[session]\nidle = "30m"\nabsolute = "1h"\n')
    cookie = bench.log_in()
    for _ in range(2):
        bench.later(29)
        bench.visit(cookie=cookie)
    bench.later(2)
    assert bench.sweep() == 1
    end = bench.session().end
    assert end is not None and end.clock == "absolute"


def test_activity_that_is_not_yet_written_counts(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(29)
    bench.visit(cookie=cookie)
    bench.later(29)
    assert bench.sweep() == 0


def test_a_session_lives_as_long_as_some_rule_lets_it(benches: Benches) -> None:
    bench = benches('[session]\nidle = "30m"\n[[rule]]\nname = "kiosk"\nmatch = { path = "/kiosk" }\nidle = "2h"\n')
    bench.log_in()
    bench.later(119)
    assert bench.sweep() == 0
    bench.later(1)
    assert bench.sweep() == 1


LIVES_LONGER = (
    ("[session]\nidle = '30m'\nabsolute = 'off'\n", "idle = 'off'\nabsolute = '3h'", 180),
    ("[session]\nidle = 'off'\nabsolute = '3h'\n", "idle = '30m'\nabsolute = 'off'", 180),
    ("[session]\nidle = '30m'\nabsolute = '8h'\n", "idle = '2h'", 120),
    ("[session]\nidle = '2h'\nabsolute = '8h'\n", "idle = '30m'", 120),
    ("[session]\nidle = '2h'\nabsolute = '3h'\n", "idle = '30m'\nabsolute = '8h'", 120),
    ("[session]\nidle = 'off'\nabsolute = '1h'\n", "idle = 'off'\nabsolute = '3h'", 180),
)


@pytest.mark.parametrize(("session", "rule", "minutes"), LIVES_LONGER)
def test_whichever_rule_that_is_nobody_is_looked_at_before(
    benches: Benches, monkeypatch: pytest.MonkeyPatch, session: str, rule: str, minutes: int
) -> None:
    bench = benches(f"{session}[[rule]]\nname = 'kiosk'\nmatch = {{ path = '/kiosk' }}\n{rule}\n")
    bench.log_in()
    looked_at = Counter[int]()
    monkeypatch.setattr(type(bench.guard), "run_out", _counted(Guarding.run_out, looked_at, lambda: 0))
    bench.later(minutes, us=-1)
    assert bench.sweep() == 0 and not looked_at
    bench.later(us=1)
    assert bench.sweep() == 1


def test_other_sites_are_not_swept(bench: Bench) -> None:
    bench.log_in()
    bench.later(30)
    assert bench.run(Sweeper(bench.guard, "http://elsewhere:1").sweep()) == 0


def test_while_another_guard_lives_its_touch_is_waited_for(bench: Bench) -> None:
    neighbour(bench, os.getppid())
    bench.log_in()
    bench.later(30)
    assert bench.sweep() == 0
    bench.later(us=2 * SECOND - 1)
    assert bench.sweep() == 0
    bench.later(us=1)
    assert bench.sweep() == 1
    end = bench.session().end
    assert end is not None and end.at == bench.wall - 2 * SECOND


def test_its_touch_is_believed_when_it_comes_and_waited_for_anew_the_next_time(benches: Benches) -> None:
    bench = benches('[session]\nidle = "1s"\nabsolute = "8h"\n')
    neighbour(bench, os.getppid())
    bench.log_in()
    bench.later(us=SECOND)
    assert bench.sweep() == 0
    bench.guard.behind.touch(bench.session()._replace(last_active_at=bench.wall))
    assert bench.sweep() == 0
    bench.later(us=SECOND)
    assert bench.sweep() == 0
    bench.later(us=2 * SECOND - 1)
    assert bench.sweep() == 0
    bench.later(us=1)
    assert bench.sweep() == 1


@pytest.mark.parametrize(
    ("pid", "site"),
    [(2**22 + 1, SITE), (os.getpid(), SITE), (os.getppid(), "http://other:1")],
    ids=["dead", "oneself", "elsewhere"],
)
def test_the_dead_oneself_and_others_sites_are_not_waited_for(bench: Bench, pid: int, site: str) -> None:
    neighbour(bench, pid, site)
    bench.log_in()
    bench.later(30)
    assert bench.sweep() == 1


def test_a_process_of_somebody_elses_is_alive(monkeypatch: pytest.MonkeyPatch, bench: Bench) -> None:
    def forbidden(*_: object) -> None:
        raise PermissionError

    neighbour(bench, os.getppid())
    monkeypatch.setattr(os, "kill", forbidden)
    bench.log_in()
    bench.later(30)
    assert bench.sweep() == 0 and bench.session().state is State.ACTIVE


def test_many_that_run_out_at_once_leave_room_for_requests_and_ask_once_who_else_is_there(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A warp can end thousands in one sweep: none of it may keep the loop to itself."""
    for _ in range(2 * AT_ONCE + 1):
        bench.log_in()
    bench.later(30)
    turn, looked_at, ended, asked = 0, Counter[int](), Counter[int](), Counter[int]()
    for name, count in (("current", looked_at), ("end_event", ended), ("has_company", asked)):
        monkeypatch.setattr(type(bench.guard), name, _counted(getattr(Guarding, name), count, lambda: turn))

    async def sweeping() -> int:
        nonlocal turn
        sweep = asyncio.ensure_future(bench.service.sweepers[SITE].sweep())
        while not sweep.done():
            turn += 1
            await asyncio.sleep(0)
        return sweep.result()

    assert bench.run(sweeping()) == 2 * AT_ONCE + 1
    for count in (looked_at, ended):
        assert sum(count.values()) == 2 * AT_ONCE + 1 and max(count.values()) == AT_ONCE
    assert sum(asked.values()) == 1


def _counted(call: Callable[..., Any], count: Counter[int], turn: Callable[[], int]) -> Callable[..., Any]:
    def counted(*arguments: Any) -> Any:
        count[turn()] += 1
        return call(*arguments)

    return counted
