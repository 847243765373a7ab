"""What the ledger knows about one session: what happened to it, what it asked for, and how time was moved meanwhile."""

from collections.abc import Sequence
from typing import NamedTuple

from nightlatch.core.events import Chained, EventType
from nightlatch.core.session import Session
from nightlatch.ledger.port import Decision, LedgerReader

ENDINGS = (EventType.SESSION_EXPIRED, EventType.SESSION_ENDED)


class Evidence(NamedTuple):
    """All of it oldest first. `decisions` may lack the earliest: that log is bounded."""

    session: Session
    events: Sequence[Chained]
    decisions: Sequence[Decision]
    warps: Sequence[Chained] = ()

    @property
    def version(self) -> str:
        """The version of the policy under which the session ended; empty when it has not."""
        return next((chained.event.policy for chained in self.events if chained.event.type in ENDINGS), "")

    @property
    def uncounted(self) -> Sequence[Decision]:
        """Requests after the last activity that were let through and did not count as activity. While the clock stands
        still many happen at one instant: then their order tells which came after it."""
        since = self.session.last_active_at
        last = max((index for index, each in enumerate(self.decisions) if each.activity), default=-1)
        after = (each for each in self.decisions[last + 1 :] if each.at >= since)
        return [each for each in after if each.verdict == "allow" and not each.activity]


def gather(reader: LedgerReader, session: Session) -> Evidence:
    """Everything about `session`; the warps are those between its start and its end, told apart by their place in the
    trail: after a reset the times of earlier ones may lie ahead."""
    events = list(reader.events(session=session.id))
    first = events[0].id if events else 0
    until = None if session.end is None else session.end.at
    warps = [
        chained
        for chained in reader.events(types=(EventType.CLOCK_WARPED,), since=session.started_at, after=first)
        if until is None or begun(chained) <= until
    ]
    return Evidence(session, events, reader.decisions(session.id), warps)


def begun(chained: Chained) -> int:
    """The instant to which an event belongs: that at which it happened, and for a leap of the clock that at which it
    leapt off, so that what the leap brought about comes after it."""
    leap = chained.event.detail.get("by", 0)
    return chained.event.at - leap if isinstance(leap, int) else chained.event.at
