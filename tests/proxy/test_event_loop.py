"""The loop is uvloop's where there is one, garbage is collected rarely, large bodies do not wait."""

import gc
import subprocess
import sys
import weakref
from collections.abc import Callable

import pytest

from nightlatch.proxy import event_loop

RUN = """
import asyncio, gc, sys
from nightlatch.proxy import event_loop

async def main():
    await asyncio.sleep(0)
    return type(asyncio.get_running_loop()).__module__

assert event_loop.run(main()).partition(".")[0] == "uvloop"
assert gc.get_threshold() == event_loop.THRESHOLDS
assert gc.get_freeze_count() > 1000
"""


def test_a_guard_runs_on_the_faster_loop_and_collects_rarely() -> None:
    """In a process of its own, since it lasts."""
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    subprocess.run([sys.executable, "-c", path + RUN], check=True, timeout=60)


OPEN = """
import asyncio
from nightlatch.proxy import event_loop

async def stays(reader, writer):
    entered.set()
    await asyncio.Event().wait()

async def main():
    global entered
    entered = asyncio.Event()
    server = await asyncio.start_server(stays, "127.0.0.1", 0)
    await asyncio.open_connection(*server.sockets[0].getsockname())
    await entered.wait()
    asyncio.get_running_loop().call_soon(int, "x")
    await asyncio.sleep(0)
    await asyncio.sleep(0)

event_loop.run(main())
"""


def test_a_connection_that_is_open_at_the_end_is_no_mistake_and_a_mistake_is_told() -> None:
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    done = subprocess.run([sys.executable, "-c", path + OPEN], check=True, timeout=60, capture_output=True, text=True)
    assert "ValueError" in done.stderr and "CancelledError" not in done.stderr


def test_without_uvloop_it_is_asyncios_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "uvloop", None)
    assert event_loop.loop_factory() is None


EAGER = """
import asyncio
from nightlatch.proxy import event_loop

begun = []

async def work(name):
    begun.append(name)
    await asyncio.sleep(0)
    return name

async def main():
    loop, tasks = asyncio.get_running_loop(), []
    with event_loop.eager_tasks():
        tasks += [asyncio.create_task(work("plain"), name="plain"), loop.create_task(work("by the loop"))]
        if eager:
            assert begun == ["plain", "by the loop"], begun
            tasks.append(event_loop.eager_task(loop, work("late"), eager_start=False, name="late"))
            assert begun == ["plain", "by the loop"] and tasks[-1].get_name() == "late"
    assert tasks[0].get_name() == "plain"
    assert loop.get_task_factory() is None
    return [await task for task in tasks]

eager = sys.version_info >= event_loop.EAGER_SINCE
for factory in (event_loop.loop_factory(), None):
    begun.clear()
    with asyncio.Runner(loop_factory=factory) as runner:
        assert runner.run(main()) == ["plain", "by the loop", *(["late"] if eager else [])]
"""


def test_tasks_run_at_once_on_either_loop_where_mitmproxy_has_it_so() -> None:
    """In a process of its own, as uvloop is loaded."""
    path = f"import sys; sys.path[:0] = {sys.path!r}\n"
    subprocess.run([sys.executable, "-W", "error", "-c", path + EAGER], check=True, timeout=60)


class Knot:
    """Refers to itself, as mitmproxy's streams do."""

    def __init__(self) -> None:
        self.itself = self


@pytest.fixture
def rare(request: pytest.FixtureRequest) -> None:
    gc.collect()
    before = gc.get_threshold()
    gc.set_threshold(1_000_000)
    request.addfinalizer(lambda: gc.set_threshold(*before))


def _gone(weigh: Callable[[], None]) -> bool:
    knot = weakref.ref(Knot())
    weigh()
    return knot() is None


@pytest.mark.usefixtures("rare")
def test_bodies_that_wait_in_cycles_are_let_go_before_they_are_too_many() -> None:
    discarded = event_loop.Discarded(most=1000)
    assert not _gone(lambda: discarded.add(1000))
    assert _gone(lambda: discarded.add(1))
    assert not _gone(lambda: discarded.add(1000)), "the count starts again"
