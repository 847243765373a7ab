"""Sessions end when they end, not at the next request (law 8): what ran out is ended at its exact deadline.

A session runs out once `[session]` and every guarded rule would refuse it. While another guard serves the same site,
a deadline that its unwritten touch could still move is given two seconds.
"""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from math import inf

from nightlatch.core.matching import all_rules
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.remembering import remembered_policy
from nightlatch.core.session import End, Session
from nightlatch.proxy.guard import Guard

AT_ONCE = 100
"""Sessions that are read, looked at and ended in one go, for about a millisecond: a warp can end a million at once,
and requests come in between."""

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
        ended, waiting, company = 0, dict[str, int](), None
        for some in self._candidates(now):
            due = list(self._due(some, now))
            if due and company is None:
                company = self._guard.has_company(self._site)
            if company:
                waiting |= {session.id: self._due_since.get(session.id, wall) for session, _ in due}
                due = [(session, end) for session, end in due if wall - waiting[session.id] >= PATIENCE]
            ended += await self._end(due)
            await asyncio.sleep(0)
        self._due_since = waiting
        return ended

    async def _end(self, over: Sequence[tuple[Session, End]]) -> int:
        guard = self._guard
        return await guard.end_each([(session.id, end, guard.end_event(session, end)) for session, end in over])

    def _due(self, some: Iterable[Session], now: int) -> Iterator[tuple[Session, End]]:
        """Those that every rule refuses, each with the end that it has come to."""
        for session in some:
            current = self._guard.current(session, now)
            end = self._guard.run_out(current, now)
            if end is not None:
                yield current, end

    def _candidates(self, now: int) -> Iterator[Sequence[Session]]:
        policy = self._guard.policy
        yield from self._asked(_laxest(policy), now)
        yield from self._asked(_laxest(remembered_policy(policy)), now, remembered=True)

    def _asked(self, limits: Limits, now: int, *, remembered: bool = False) -> Iterable[Sequence[Session]]:
        return self._guard.reader.idle_since(
            self._site,
            active_before=-1 if limits.idle is None else now - limits.idle,
            authenticated_before=-1 if limits.absolute is None else now - limits.absolute,
            at_once=AT_ONCE,
            remembered=remembered,
        )


def _laxest(policy: Policy) -> Limits:
    """Of the rules that a session must have outlived, every one, that which lets people be away for longest: whom it
    lets live need not be looked at four times a second."""
    limits = (rule.limits for rule in all_rules(policy))
    return max(limits, key=lambda each: (_longest(each.idle), _longest(each.absolute)))


def _longest(limit: int | None) -> float:
    return inf if limit is None else limit
