"""What a guard of its own runs on: uvloop's event loop, and a garbage collector that comes rarely. Knows no requests.

Stock mitmproxy keeps the loop that it has. Where uvloop cannot be had (Windows, PyPy) asyncio's own loop does the same.
"""

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")

EAGER_SINCE = (3, 12)
"""The first Python in which mitmproxy's tasks run at once."""

THRESHOLDS = (2_000, 10, 10)
"""Objects, and rounds of the younger generations, after which each generation is collected. What a request leaves is
freed at its end; what connections and failures leave in cycles can wait. At Python's own 700 stock mitmproxy spends a
tenth of its time on looking for them."""

HEAVY = 16 * 1024 * 1024
"""Bytes of bodies that may wait in such cycles: the collector counts objects, and knows nothing of their size."""


def run(main: Coroutine[Any, Any, T]) -> T:
    """`asyncio.run`, faster. For a process of its own: what was imported by now is never looked at again, and the
    thresholds stay."""
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    with asyncio.Runner(loop_factory=loop_factory()) as runner:
        runner.get_loop().set_exception_handler(_tell)
        return runner.run(main)


def _tell(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """What goes wrong outside of every task. Connections that are open at the end are cancelled, which the streams of
    Python 3.11 take for a mistake: a traceback for each of them would be the answer to Ctrl-C."""
    if not isinstance(context.get("exception"), asyncio.CancelledError):
        loop.default_exception_handler(context)


def loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    """uvloop's, where there is one."""
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


@contextlib.contextmanager
def eager_tasks() -> Iterator[None]:
    """Tasks of the running loop run at once, as mitmproxy has it from Python 3.12 on."""
    if sys.version_info < EAGER_SINCE:
        yield
        return
    loop = asyncio.get_running_loop()
    before = loop.get_task_factory()
    loop.set_task_factory(eager_task)  # type: ignore[arg-type]  # typeshed knows only the older form
    try:
        yield
    finally:
        loop.set_task_factory(before)


def eager_task(
    loop: asyncio.AbstractEventLoop, work: Coroutine[Any, Any, T], *, eager_start: bool | None = None, **given: Any
) -> asyncio.Task[T]:
    """`asyncio.eager_task_factory`, which before Python 3.13.3 does not take what uvloop hands it with every task: its
    `eager_start`."""
    if eager_start is False:
        return asyncio.Task(work, loop=loop, **given)
    made: asyncio.Task[T] = asyncio.eager_task_factory(loop, work, **given)  # type: ignore[attr-defined]  # since 3.12
    return made


class Discarded:
    """Counts the bytes of bodies that are done with, and has them collected before they are too many."""

    def __init__(self, most: int = HEAVY) -> None:
        self._most, self._bytes = most, 0

    def add(self, size: int) -> None:
        """An exchange is over; `size`: the bytes of its bodies."""
        self._bytes += size
        if self._bytes > self._most:
            self._bytes = 0
            gc.collect(1)
