"""How many live sessions one person may have (`[concurrency]`): after a login either the oldest ends, or the new one.

Looked at when the new session is on disk, so that of two logins at once one gives way and not both (NIST SP 800-53
AC-10). Sessions of people who are not known by name are not counted.
"""

from collections.abc import Sequence

from nightlatch.core.crowding import GAVE_WAY, is_full, surplus
from nightlatch.core.session import End, Session
from nightlatch.proxy.guard import Guard


def has_no_room(guard: Guard, site: str, subject: str, now: int) -> bool:
    """Whether a login of `subject` is to be refused before it makes a session."""
    limit = guard.policy.concurrency
    return limit.max is not None and is_full(limit, _live(guard, site, subject, now))


async def make_room(guard: Guard, newcomer: Session, now: int) -> bool:
    """End what is too much, durably; False when that is `newcomer` itself, whose session has just been written.

    Raises:
        LedgerError: it cannot be written.
    """
    limit = guard.policy.concurrency
    if limit.max is None or newcomer.subject is None:
        return True
    gone = surplus(limit, _live(guard, newcomer.site, newcomer.subject, now), newcomer.id)
    for session in gone:
        await guard.end(session, End(now, GAVE_WAY))
    return all(session.id != newcomer.id for session in gone)


def _live(guard: Guard, site: str, subject: str, now: int) -> Sequence[Session]:
    """The live sessions of `subject`; one that ran out counts no more, although nobody ended it."""
    current = (guard.current(session, now) for session in guard.reader.live_sessions(site, subject))
    return [session for session in current if guard.run_out(session, now) is None]
