"""The sessions themselves: how long they lived, and how near to their limits they came."""

from collections.abc import Iterable
from typing import NamedTuple

from nightlatch.core.deadlines import running
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session
from nightlatch.core.verdict import Clock

SHOWN = 10


class Closest(NamedTuple):
    """How much of a limit a session has used at most; microseconds, and a share between 0 and 1."""

    session: Session
    clock: Clock
    limit: int
    used: int

    @property
    def share(self) -> float:
        """Of the limit."""
        return min(1.0, self.used / self.limit)


def lived(session: Session, now: int) -> int:
    """How long `session` lived, or has lived by `now`, microseconds."""
    return (now if session.end is None else session.end.at) - session.started_at


def longest(sessions: Iterable[Session], now: int) -> list[Session]:
    """Those that lived longest."""
    return sorted(sessions, key=lambda session: -lived(session, now))[:SHOWN]


def closest(sessions: Iterable[Session], policy: Policy, now: int) -> list[Closest]:
    """Those that used most of a limit without reaching it: where a little less would have cut people off."""
    survived = (session for session in sessions if session.end is None or session.end.clock is None)
    found = (each for session in survived if (each := _nearest(session, policy, now)) is not None)
    return sorted(found, key=lambda each: -each.share)[:SHOWN]


def _nearest(session: Session, policy: Policy, now: int) -> Closest | None:
    """Of its clocks the one that it used most of; idle by the widest gap that it had, not by the one that runs."""
    at = now if session.end is None else session.end.at
    used = {
        clock.clock: (max(clock.elapsed, session.gap) if clock.clock is Clock.IDLE else clock.elapsed, clock.limit)
        for clock in running(session, policy_for(policy, session).session, at)
    }
    shares = [Closest(session, clock, limit, took) for clock, (took, limit) in used.items() if took < limit]
    return max(shares, key=lambda each: each.share, default=None)
