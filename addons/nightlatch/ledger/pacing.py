"""Much work in small steps, with a rest after each: whoever else waits for the lock gets it in between.

SQLite serves nobody in turn. Who waits looks again every few milliseconds, and would not find the lock free were it
taken anew at once.
"""

import threading
from collections.abc import Callable, Iterator

from nightlatch.clock import monotonic_now

RESTS = 4
"""How many times as long as it worked a step rests."""

_PAUSE = threading.Event()
"""Never set: waiting for it is how a rest passes."""


def paced(step: Callable[[], int]) -> Iterator[int]:
    """How much `step` did each time, until there is nothing more to do, with the rests in between."""
    began = monotonic_now()
    while done := step():
        yield done
        rest(began)
        began = monotonic_now()


def rest(began: int) -> None:
    """Rest after a step that `began` then, on the clock that is never set."""
    _PAUSE.wait(RESTS * (monotonic_now() - began) / 1_000_000)
