"""How activity that was kept in memory is laid over what the ledger holds. Pure.

The writer says the same in SQL; the contract suite compares the two.
"""

from nightlatch.core.session import Session, active_until
from nightlatch.ledger.port import Touch


def touch_of(session: Session) -> Touch:
    """What is to be written of a session that was touched."""
    return Touch(session.id, session.last_active_at, session.gap, session.gap_from_at)


def laid_over(session: Session, touch: Touch | Session) -> Session:
    """`session` after `touch`: the later activity and the wider gap (of equals the earlier) win.

    A gap from before the last authentication stays forgotten, and an ended session is as it ended. The very same
    object when nothing changes.
    """
    if session.end is not None:
        return session
    wider = _wider(session, touch)
    if not wider and touch.last_active_at <= session.last_active_at:
        return session
    gap, gap_from = (touch.gap, touch.gap_from_at) if wider else (session.gap, session.gap_from_at)
    active = max(session.last_active_at, touch.last_active_at)
    return active_until(session, active, gap, gap_from)


def _wider(session: Session, touch: Touch | Session) -> bool:
    """Whether `touch` has the gap to go by."""
    if session.reauthenticated_at is not None and touch.gap_from_at < session.reauthenticated_at:
        return False
    return touch.gap > session.gap or (touch.gap == session.gap and touch.gap_from_at < session.gap_from_at)
