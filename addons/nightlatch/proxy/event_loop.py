"""What a guard of its own runs on: uvloop's event loop, and a garbage collector that comes rarely. Knows no requests.

Stock mitmproxy keeps the loop that it has. From Python 3.12 on mitmproxy has its tasks run at once, by a factory to
which uvloop hands an argument that it does not know before Python 3.13.3; there, and where uvloop cannot be had
(Windows, PyPy), asyncio's own loop does the same.
"""

import asyncio
import gc
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

EAGER_SINCE = (3, 12)
"""The first Python in which mitmproxy's tasks run at once."""

THRESHOLDS = (10_000, 10, 10)
"""Objects, and rounds of the younger generations, after which each generation is collected. mitmproxy leaves some
hundred objects in cycles a request; at Python's own 700 a tenth of the time goes into looking for them."""

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
    """uvloop's, where there is one and it gets on with mitmproxy."""
    if sys.version_info >= EAGER_SINCE:
        return None
    try:
        from uvloop import new_event_loop
    except ImportError:
        return None
    return new_event_loop


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
