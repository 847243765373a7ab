"""How the gaps of a capture pass: by waiting, or by moving the clock of the ledger that a guard in between lives on."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from nightlatch.clock import WarpedClock, monotonic_now
from nightlatch.core.events import Event, EventType, Field
from nightlatch.replay.rerun.sending import Pace
from nightlatch_cli.ledger_access import bench, writing

_SECOND = 1_000_000


@contextmanager
def in_time(speed: float) -> Iterator[Pace]:
    """Gaps are waited for, each divided by `speed`."""
    begun: list[int] = []

    async def pace(at: int) -> None:
        begun.append(monotonic_now())
        await asyncio.sleep(max(0.0, (at / speed - (monotonic_now() - begun[0])) / _SECOND))

    yield pace


@contextmanager
def warped(ledger: str) -> Iterator[Pace]:
    """The clock of `ledger` is moved by what a gap is longer than what has passed; nobody waits.

    Raises:
        LedgerError: there is none, or it cannot be written (exit code 6).
    """
    with bench(ledger) as at, writing(ledger) as writer:
        clock = WarpedClock(at.reader)
        begins: list[int] = []

        async def pace(due: int) -> None:
            now, wall, warp = clock.read()
            begins.append(now)
            by = due - (now - begins[0])
            if by > 0:
                segment = warp.advance(wall, by)
                detail: dict[str, Field] = {"action": "advance", "by": by, "for": "rerun"}
                event = Event(EventType.CLOCK_WARPED, segment.warped_at, policy=at.policy().version, detail=detail)
                writer.warp(segment, event)

        yield pace
