"""What a change of policy means for a session that lives now: when it ends under either, if nothing more happens.

Pure; judges as the sweeper does (law of time 8), so a session that some rule would let live on does not count as ended.
"""

from typing import NamedTuple

from nightlatch.core.policy import Policy
from nightlatch.core.remembering import run_out_at
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Clock

FOR_EVER = 1 << 62


class Effect(NamedTuple):
    """`effect` is `ends`, `shorter`, `longer` or `same`; `before` and `after` are instants in microseconds, None being
    never; `clock` is the one that ends it afterwards."""

    session: Session
    effect: str
    clock: str | None
    before: int | None
    after: int | None

    @property
    def soonest(self) -> int:
        """For sorting: those that end first come first."""
        return FOR_EVER if self.after is None else self.after


def effect_on(session: Session, before: Policy, after: Policy, now: int) -> Effect:
    """What replacing `before` by `after` at `now` does to `session`, which lives."""
    old, new = run_out_at(session, before), run_out_at(session, after)
    until, then = (None if end is None else end.at for end in (old, new))
    return Effect(session, _word(until, then, now), None if new is None else new.clock, until, then)


def _word(until: int | None, then: int | None, now: int) -> str:
    if then is not None and then <= now:
        return "ends"
    if then == until:
        return "same"
    return "shorter" if then is not None and (until is None or then < until) else "longer"


def outlived(session: Session, policy: Policy, now: int) -> End | None:
    """How `session`, which lived until `now`, ends by coming under `policy`, whose limits it has outlived already;
    None where it lives on. It ends now and not at a deadline that did not hold when it passed."""
    end = run_out_at(session, policy)
    if end is None or end.at > now or end.from_at is None or end.limit is None:
        return None
    by_gap = end.clock == Clock.IDLE and session.gap >= end.limit
    return end._replace(at=now, elapsed=end.elapsed if by_gap else now - end.from_at)
