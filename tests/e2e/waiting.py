"""Waiting for a condition where another process is involved, bounded, in steps of a hundredth of a second."""

import threading
from collections.abc import Callable
from time import monotonic
from typing import TypeVar

T = TypeVar("T")

PAUSE = threading.Event()
"""Never set: waiting for it is how a step passes."""


def until(look: Callable[[], T], what: str, seconds: float = 90) -> T:
    """What `look` returns, once that is true.

    Raises:
        AssertionError: it did not come true within `seconds`; `what` says what was waited for.
    """
    deadline = monotonic() + seconds
    while not (found := look()):
        assert monotonic() < deadline, f"waited {seconds} s for {what}"
        PAUSE.wait(0.01)
    return found
