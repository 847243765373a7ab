"""What a ledger keeps, and what goes: one pass over all that grows with use.

The rules of it, in steps of the port; knows nothing of SQL, nor of when it is to be done.
"""

from typing import NamedTuple

from nightlatch.core.policy import DAY, Audit
from nightlatch.ledger.alerts_port import PLACES_KEPT
from nightlatch.ledger.pacing import paced
from nightlatch.ledger.port import LedgerReader, LedgerWriter

AT_ONCE = 40
"""Sessions, alerts, places a step: some milliseconds, in which nobody else can write."""
LEAST = DAY
"""For how long at least a session is known after its end, so that whoever comes back late is told what ended it."""
BYTES_AT_ONCE = 128 << 10
RESERVE = 8
"""One part in so many of a ledger may be free: it will be used again."""


class Gone(NamedTuple):
    """How many of each went, and how many bytes were given back to the disk."""

    events: int = 0
    sessions: int = 0
    alerts: int = 0
    bytes: int = 0


def apply_retention(
    reader: LedgerReader, writer: LedgerWriter, audit: Audit, now: int, version: str, *, reserve: bool = True
) -> Gone:
    """Let go what `audit` no longer wants kept.

    Args:
        reader, writer: the ledger's, to be used by this thread alone.
        audit: for how long events are kept, and sessions after their end.
        now: microseconds on nightlatch's clock.
        version: of the policy that says so.
        reserve: whether some space may stay free in the ledger.

    Raises:
        LedgerError: the ledger cannot be used. What went until then is gone.
    """
    events = _events(reader, writer, audit.keep, now, version)
    sessions = alerts = 0
    if audit.keep_sessions is not None:
        before = now - max(audit.keep_sessions, LEAST)
        sessions = sum(paced(lambda: writer.forget_sessions(before, AT_ONCE)))
        alerts = sum(paced(lambda: writer.forget_alerts(before, AT_ONCE)))
    sum(paced(lambda: writer.forget_places(now - PLACES_KEPT, AT_ONCE)))
    return Gone(events, sessions, alerts, give_back(reader, writer, RESERVE if reserve else 0))


def give_back(reader: LedgerReader, writer: LedgerWriter, reserve: int) -> int:
    """Give back to the disk what is free, but for one part in `reserve` of what is left (0: all); how many bytes."""
    space = reader.space()
    spare = (reserve * space.free - space.bytes) // (reserve - 1) if reserve else space.free
    given = 0

    def step() -> int:
        nonlocal given
        done = writer.shrink(min(BYTES_AT_ONCE, spare - given)) if given < spare else 0
        given += done
        return done

    return sum(paced(step))


def _events(reader: LedgerReader, writer: LedgerWriter, keep: int | None, now: int, version: str) -> int:
    until = 0 if keep is None else reader.last_before(now - keep)
    return writer.prune(until, now, version) if until else 0
