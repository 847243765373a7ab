"""The server-side record of a session, as a value, and the few ways in which it changes.

All times are integer microseconds since the epoch on nightlatch's own clock (which a warp may have moved).
This module does not know who stores sessions, nor what limits apply to them: see `deadlines` and `decide`.
"""

from enum import StrEnum
from typing import NamedTuple


class State(StrEnum):
    """Where a session stands. An end is for ever: nothing leads back to `ACTIVE` (DESIGN law 5)."""

    ACTIVE = "active"
    EXPIRED = "expired"
    """A clock ran out."""
    ENDED = "ended"
    """Logged out, revoked, reset or reused after rotation."""


class End(NamedTuple):
    """Why and when a session ended; `clock`, `limit`, `elapsed`, `rule`, `from_at` only where a clock ended it."""

    at: int
    reason: str
    """`expired`, or one of logout, admin, backchannel, policy, reset, rotation_reuse."""
    clock: str | None = None
    limit: int | None = None
    elapsed: int | None = None
    """How long the clock had run when it ended the session, microseconds."""
    rule: str | None = None
    from_at: int | None = None
    """The instant from which the clock ran."""


class Session(NamedTuple):
    """One session. `gap` is the widest time without activity since the person authenticated, and began at
    `gap_from_at`: a tighter rule is judged against it, so that it cannot be had by first clicking somewhere looser."""

    id: str
    site: str
    """Origin of the guarded upstream, such as `http://localhost:3000`. Sessions never cross sites."""
    subject: str | None
    source: str
    """What kind of credential it lives on: `nightlatch`, `cookie`, `jwt-cookie`, `bearer` or `assertion`."""
    started_at: int
    authenticated_at: int
    last_active_at: int
    gap_from_at: int
    gap: int = 0
    reauthenticated_at: int | None = None
    groups: tuple[str, ...] = ()
    amr: tuple[str, ...] = ()
    acr: str | None = None
    email: str | None = None
    network: str = ""
    """Client network at the start: /24 or /48."""
    agent: str = ""
    """User-agent family at the start, such as `Firefox`."""
    state: State = State.ACTIVE
    end: End | None = None
    step_up_at: int | None = None
    """When an alert asked for a fresh login, which is still to come; None when none is asked for."""
    expire_when: str | None = None
    """The moment at which it is to end on purpose (`on_purpose.Moment`); None when it may live."""
    remembered: bool = False
    """Whether the person asked at the login to be remembered, and might be: its limits are those of `[remember]`."""


_LAST_ACTIVE = Session._fields.index("last_active_at")
"""Then come `gap_from_at` and `gap`."""


def touched(session: Session, at: int) -> Session:
    """`session` after activity at `at`. A late touch never moves last activity back."""
    if at <= session.last_active_at:
        return session
    ran = at - session.last_active_at
    if ran > session.gap:
        return active_until(session, at, ran, session.last_active_at)
    return active_until(session, at, session.gap, session.gap_from_at)


def active_until(session: Session, at: int, gap: int, gap_from_at: int) -> Session:
    """`session` with `at` as its last activity and that widest gap. Written out, as it happens with every request:
    `_replace` would cost four times as much."""
    return Session._make((*session[:_LAST_ACTIVE], at, gap_from_at, gap, *session[_LAST_ACTIVE + 3 :]))


def covered(session: Session, start: int, until: int) -> Session:
    """`session` after (or during) an active exchange from `start` to `until`: activity all the while, so no gap."""
    begun = touched(session, start)
    return begun if until <= begun.last_active_at else active_until(begun, until, begun.gap, begun.gap_from_at)


def reauthenticated(session: Session, at: int) -> Session:
    """`session` after the same person authenticated again: the widest gap starts anew, `authenticated_at` stays
    (so `[session].absolute` is not moved). Whatever asked for a fresh login has it."""
    return session._replace(
        reauthenticated_at=at, last_active_at=max(at, session.last_active_at), gap=0, gap_from_at=at, step_up_at=None
    )


def ended(session: Session, end: End) -> Session:
    """`session` after its end; an earlier end wins."""
    if session.end is not None:
        return session
    state = State.EXPIRED if end.reason == "expired" else State.ENDED
    return session._replace(state=state, end=end)
