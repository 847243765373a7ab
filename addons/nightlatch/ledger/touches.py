"""How activity that was kept in memory is laid over what the ledger holds. Pure.

The writer says the same in SQL; the contract suite compares the two.
"""

from nightlatch.core.session import Session
from nightlatch.ledger.port import Touch


def touch_of(session: Session) -> Touch:
    """What is to be written of a session that was touched."""
    return Touch(session.id, session.last_active_at, session.gap, session.gap_from_at)


def laid_over(session: Session, touch: Touch) -> Session:
    """`session` after `touch`: the later activity and the wider gap (of equals the earlier) win.

    A gap from before the last authentication stays forgotten, and an ended session is as it ended.
    """
    if session.end is not None:
        return session
    laid = session._replace(last_active_at=max(session.last_active_at, touch.last_active_at))
    forgotten = session.reauthenticated_at is not None and touch.gap_from_at < session.reauthenticated_at
    wider = (touch.gap, -touch.gap_from_at) > (session.gap, -session.gap_from_at)
    return laid._replace(gap=touch.gap, gap_from_at=touch.gap_from_at) if wider and not forgotten else laid
