"""The only reader of the wall clock. Everything else takes `now` as an argument (DESIGN law 2).

A clock that steps back must not lengthen a session (law 7): the wall time that this process sees never goes back,
and never runs slower than the monotonic clock.
"""

import time
from collections.abc import Callable
from typing import Protocol

from nightlatch.core.warp import Warp


class WarpSource(Protocol):
    """Where the warp is kept: the ledger."""

    def warp(self) -> Warp: ...
    def horizon(self) -> int: ...


def wall_now() -> int:
    """The wall clock, microseconds since the epoch."""
    return time.time_ns() // 1000


def monotonic_now() -> int:
    """A clock that is never set, microseconds from an arbitrary start."""
    return time.monotonic_ns() // 1000


class SteadyWall:
    """Wall time that follows steps forward (a laptop that slept) and ignores steps back."""

    def __init__(self, wall: Callable[[], int] = wall_now, monotonic: Callable[[], int] = monotonic_now) -> None:
        self._wall, self._monotonic = wall, monotonic
        self._wall_at, self._ticks_at = wall(), monotonic()

    def now(self) -> int:
        """Microseconds since the epoch; never less than what has passed since the wall clock was last believed.

        The monotonic clock is read before the wall clock here and after it there: however long this thread is kept
        waiting in between, the estimate is never ahead of the true time.
        """
        steady = self._wall_at + self._monotonic() - self._ticks_at
        wall = self._wall()
        if wall < steady:
            return steady
        self._wall_at, self._ticks_at = wall, self._monotonic()
        return wall


class WarpedClock:
    """nightlatch's time: wall time through the warp, which is asked for anew at every reading, so that
    `nightlatch clock advance` holds from the very next request."""

    def __init__(self, source: WarpSource, wall: Callable[[], int] | None = None) -> None:
        self._source = source
        self._wall = wall or SteadyWall().now
        warp = source.warp()
        self._era = warp.segments[:1]
        self._latest = source.horizon()
        self._ahead = max(0, self._latest - warp.at(self._wall()))

    def wall(self) -> int:
        """Wall time alone, for what has to be known before the ledger is asked; `now` is read with it."""
        return self._wall()

    def read(self) -> tuple[int, int, Warp]:
        """(`now`, wall time, the warp by which one became the other), all of the same instant."""
        return self.through(self._source.warp())

    def through(self, warp: Warp) -> tuple[int, int, Warp]:
        """The same by a `warp` that was read just before, with something else.

        Where the warp would lead back (the wall clock was set back while nobody ran; a freeze that another process
        made was written down some milliseconds after its instant), time goes on from the latest that was told, for
        good: it neither jumps back nor waits to be caught up with.
        """
        wall = self._wall()
        if self._era and warp.segments[:1] != self._era:
            self._latest, self._ahead = 0, 0  # a reset ended every session: time starts again at the wall
        self._era = warp.segments[:1]
        self._ahead += max(0, self._latest - warp.at(wall) - self._ahead)
        self._latest = warp.at(wall) + self._ahead
        return self._latest, wall, warp

    def now(self) -> int:
        """nightlatch's time, microseconds. Never goes back, but by a reset."""
        return self.read()[0]


def read_clock(source: WarpSource) -> int:
    """nightlatch's time once, for a command."""
    return WarpedClock(source).now()
