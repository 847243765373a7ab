"""Tells the other guards of the ledger which active exchanges are running here: a long export through one guard must
not look like an absent person to another (law of time 4). And lays over a session what the others tell.

Only exchanges that have taken longer than a second are told of: shorter ones count at their start.
"""

from collections.abc import Iterable
from functools import partial

from nightlatch.core.policy import SECOND
from nightlatch.core.session import Session
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import Hold, LedgerReader, LedgerWriter
from nightlatch.proxy.active import ActiveExchanges, Exchange, credited


class Holds:
    """What this guard has told. `tell` is to be called a few times a second."""

    def __init__(self, active: ActiveExchanges, behind: WriteBehind, process: int) -> None:
        """`process`: the number by which the ledger knows this one."""
        self._active, self._behind, self._process = active, behind, process
        self._told: frozenset[str] = frozenset()

    def tell(self, now: int) -> None:
        """Write down, behind, what has begun to hold `idle` and what no longer does."""
        running = self._active.since(now - SECOND)
        begun = [
            Hold(key, exchange.session, self._process, exchange.start, exchange.idle)
            for key, exchange in running.items()
            if key not in self._told
        ]
        over = self._told - running.keys()
        self._told = frozenset(running)
        if begun or over:
            self._behind.submit(partial(_write, begun, over))


def _write(begun: Iterable[Hold], over: Iterable[str], writer: LedgerWriter) -> None:
    writer.hold(begun)
    writer.release(over)


def held_elsewhere(reader: LedgerReader, session: Session, now: int, told: Iterable[Hold] | None = None) -> Session:
    """`session` as the exchanges leave it that other guards have running at `now`. `told`: what holds it, where that
    was read with it; else it is asked for.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    for hold in reader.holds(session.id) if told is None else told:
        if hold.pid != reader.process() and reader.runs(hold.pid):
            session = credited(session, Exchange(session.id, hold.started_at, hold.idle), now)
    return session


def forget_the_dead(reader: LedgerReader, behind: WriteBehind) -> None:
    """Take out what guards have left behind that are gone.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    dead = [hold.exchange for hold in reader.holds() if not reader.runs(hold.pid)]
    if dead:
        behind.submit(lambda writer: writer.release(dead))
