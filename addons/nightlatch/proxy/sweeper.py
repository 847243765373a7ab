"""Sessions end when they end, not at the next request (law 8): what ran out is ended at its exact deadline.

A session runs out once `[session]` and every guarded rule would refuse it. While another guard serves the same site,
a deadline that its unwritten touch could still move is given two seconds.
"""

from collections.abc import Sequence

from nightlatch.core.policy import Limits
from nightlatch.core.remembering import remembered_policy
from nightlatch.core.session import End, Session
from nightlatch.proxy.guard import Guard

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
        due = self._due(now)
        self._due_since = {session.id: self._due_since.get(session.id, wall) for session, _ in due}
        over = [(session, end) for session, end in due if self._patient(session, wall)]
        await self._guard.end_each([(s.id, end, self._guard.end_event(s, end)) for s, end in over])
        return len(over)

    def _due(self, now: int) -> list[tuple[Session, End]]:
        """Sessions that the session rule refuses, and every other rule too, with the end that they have come to."""
        policy = self._guard.policy
        asked = (*self._asked(policy.session, now), *self._asked(remembered_policy(policy).session, now, True))
        current = (self._guard.current(session, now) for session in asked)
        return [(session, end) for session in current if (end := self._guard.run_out(session, now)) is not None]

    def _asked(self, limits: Limits, now: int, remembered: bool = False) -> Sequence[Session]:
        return self._guard.reader.idle_since(
            self._site,
            active_before=-1 if limits.idle is None else now - limits.idle,
            authenticated_before=-1 if limits.absolute is None else now - limits.absolute,
            remembered=remembered,
        )

    def _patient(self, session: Session, wall: int) -> bool:
        return wall - self._due_since[session.id] >= PATIENCE or not self._guard.has_company(self._site)
