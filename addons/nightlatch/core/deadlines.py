"""When clocks run out: the arithmetic of the laws of time (DESIGN §2), on a session and the limits of a rule.

Every clock with limit L that started at s is alive in [s, s + L) and dead at exactly s + L. That satisfies NIST
SP 800-63B "or longer", PCI DSS 8.2.8 "more than" and RFC 7519 `exp` "on or after" alike. This module does not know
what a request is, and changes nothing.
"""

from collections.abc import Iterable
from typing import NamedTuple

from nightlatch.core.identity import TokenTimes
from nightlatch.core.policy import Limits, OnExpiry, Rule
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Clock, Remaining


class ClockState(NamedTuple):
    """One clock at one instant; all in microseconds. `deadline` is `from_at + limit`."""

    clock: Clock
    limit: int
    from_at: int
    elapsed: int
    deadline: int

    @property
    def ran_out(self) -> bool:
        """Dead at the deadline itself (law 1)."""
        return self.elapsed >= self.limit


def _state(clock: Clock, limit: int, from_at: int, now: int) -> ClockState:
    return ClockState(clock, limit, from_at, now - from_at if now > from_at else 0, from_at + limit)


def idle_clock(session: Session, limit: int, now: int) -> ClockState:
    """Idle is judged against the wider of the widest gap so far and the one that runs now, the earlier if equal.

    A gap that `limit` survives is history: then the running gap is what counts down.
    """
    active = session.last_active_at
    running = now - active if now > active else 0
    if session.gap >= running and session.gap >= limit:
        return ClockState(Clock.IDLE, limit, session.gap_from_at, session.gap, session.gap_from_at + limit)
    return ClockState(Clock.IDLE, limit, active, running, active + limit)


def absolute_from(session: Session, rule: Rule) -> int:
    """The instant from which `absolute` runs: the authentication, which nothing moves; a rule that re-authenticates
    and has an `absolute` of its own counts from the last fresh authentication."""
    if rule.on_expiry is OnExpiry.REAUTHENTICATE and rule.own_absolute and session.reauthenticated_at is not None:
        return session.reauthenticated_at
    return session.authenticated_at


def running(session: Session, limits: Limits, now: int, rule: Rule | None = None) -> tuple[ClockState, ...]:
    """The session's clocks under `limits` at `now`; a clock that is off is left out."""
    absolute: tuple[ClockState, ...] = ()
    if limits.absolute is not None:
        start = session.authenticated_at if rule is None else absolute_from(session, rule)
        absolute = (_state(Clock.ABSOLUTE, limits.absolute, start, now),)
    return absolute if limits.idle is None else (*absolute, idle_clock(session, limits.idle, now))


def token_clock(token: TokenTimes, leeway: int, now: int) -> ClockState:
    """The token's own `exp`, with `leeway`. The limit shown is the token's lifetime without it (RFC 7519 4.1.4)."""
    lifetime = max(0, token.expires_at - token.issued_at)
    alive = now < token.expires_at + leeway
    elapsed = max(0, now - token.issued_at)
    shown = min(elapsed, lifetime - 1) if alive else max(elapsed, lifetime)
    return ClockState(Clock.TOKEN, lifetime, token.issued_at, shown, token.expires_at + leeway)


def first_out(clocks: Iterable[ClockState]) -> ClockState | None:
    """Of the clocks that ran out the one whose deadline came first; a tie names `absolute` (law 10)."""
    dead = [clock for clock in clocks if clock.elapsed >= clock.limit]  # `ran_out`, without a call each
    return min(dead, key=lambda clock: (clock.deadline, clock.clock is not Clock.ABSOLUTE)) if dead else None


def remaining(session: Session, limits: Limits, now: int, rule: Rule | None = None) -> Remaining:
    """What is left of each clock of a live session at `now`, microseconds."""
    left = {clock.clock: clock.deadline - now for clock in running(session, limits, now, rule)}
    return Remaining(left.get(Clock.IDLE), left.get(Clock.ABSOLUTE))


def first_deadline(session: Session, rule: Rule) -> ClockState | None:
    """The first deadline under `rule` if nothing more happens; None when no clock is on.

    The widest gap is judged too: it may have killed the session for a rule already, at an instant in the past.
    """
    at_rest = running(session, rule.limits, session.last_active_at, rule)
    return min(at_rest, key=lambda clock: (clock.deadline, clock.clock is not Clock.ABSOLUTE), default=None)


def sweep_at(session: Session, rules: Iterable[Rule]) -> End | None:
    """When and by which clock a session ends although nobody asks: once every guarded rule, and `[session]`, would
    refuse it (law 8). None when some rule would let it live for ever.

    Args:
        session: a live session.
        rules: `matching.all_rules(policy)`: every rule that is not public, and the session rule.
    """
    deadlines = []
    for rule in rules:
        clock = first_deadline(session, rule)
        if clock is None:
            return None
        deadlines.append((clock.deadline, clock, rule))
    # Where several let go at the same instant the session rule is named: the others have their limits from it.
    at, clock, rule = max(deadlines, key=lambda entry: (entry[0], not entry[2].name))
    return end_by(clock, rule, at)


def end_by(clock: ClockState, rule: Rule, at: int) -> End:
    """The end at `at` of a session whose `clock` ran out under `rule`."""
    elapsed = clock.elapsed if clock.ran_out else max(clock.limit, at - clock.from_at)
    return End(at, "expired", str(clock.clock), clock.limit, elapsed, rule.name or None, clock.from_at)
