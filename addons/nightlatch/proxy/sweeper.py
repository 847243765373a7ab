"""Sessions end when they end, not at the next request (law 8): what ran out is ended at its exact deadline.

A session runs out once `[session]` and every guarded rule would refuse it. While another guard serves the same site,
a deadline that its unwritten touch could still move is given two seconds.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import TypeVar

from nightlatch.core.policy import Limits
from nightlatch.core.remembering import remembered_policy
from nightlatch.core.session import End, Session
from nightlatch.proxy.guard import Guard

T = TypeVar("T")

AT_ONCE = 100
"""Sessions that are looked at in one go, for about a millisecond."""

PATIENCE = 2_000_000
"""Microseconds of wall time that another guard has to write a touch down; it writes within 250 ms."""


class Sweeper:
    """Ends the sessions of one site that have run out. `sweep` is to be called a few times a second."""

    def __init__(self, guard: Guard, site: str) -> None:
        self._guard, self._site = guard, site
        self._due_since: dict[str, int] = {}

    async def sweep(self) -> int:
        """End what has run out by now; how many sessions that were.

        Raises:
            LedgerError: the ledger cannot be read or written.
        """
        now, wall, _ = self._guard.clock.read()
        due = await self._due(now)
        self._due_since = {session.id: self._due_since.get(session.id, wall) for session, _ in due}
        company = bool(due) and self._guard.has_company(self._site)
        over = [(s, end) for s, end in due if not company or wall - self._due_since[s.id] >= PATIENCE]
        async for some in _in_slices(over):
            await self._guard.end_each([(s.id, end, self._guard.end_event(s, end)) for s, end in some])
        return len(over)

    async def _due(self, now: int) -> list[tuple[Session, End]]:
        """Sessions that the session rule refuses, and every other rule too, with the end that they have come to."""
        policy, guard = self._guard.policy, self._guard
        asked = (*self._asked(policy.session, now), *self._asked(remembered_policy(policy).session, now, True))
        found: list[tuple[Session, End]] = []
        async for some in _in_slices(asked):
            current = [guard.current(session, now) for session in some]
            found += [(session, end) for session in current if (end := guard.run_out(session, now)) is not None]
        return found

    def _asked(self, limits: Limits, now: int, remembered: bool = False) -> Sequence[Session]:
        return self._guard.reader.idle_since(
            self._site,
            active_before=-1 if limits.idle is None else now - limits.idle,
            authenticated_before=-1 if limits.absolute is None else now - limits.absolute,
            remembered=remembered,
        )


async def _in_slices(things: Sequence[T]) -> AsyncIterator[Sequence[T]]:
    """A few at a time, and requests in between: a warp can end thousands of sessions at once."""
    for start in range(0, len(things), AT_ONCE):
        if start:
            await asyncio.sleep(0)
        yield things[start : start + AT_ONCE]
