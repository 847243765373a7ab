"""How many live sessions one person may have (`[concurrency]`): after a login either the oldest ends, or the new one.

Looked at when the new session is on disk, so that of two logins at once one gives way and not both (NIST SP 800-53
AC-10). Sessions of people who are not known by name are not counted.
"""

from collections.abc import Sequence

from nightlatch.core.session import End, Session
from nightlatch.proxy.guard import Guard

REASON = "policy"
"""Why a session ended that was one too many."""


def is_full(guard: Guard, site: str, subject: str, now: int) -> bool:
    """Whether a login of `subject` is to be refused before it makes a session."""
    most, then = guard.policy.concurrency
    return most is not None and then == "refuse" and len(_live(guard, site, subject, now)) >= most


async def make_room(guard: Guard, newcomer: Session, now: int) -> bool:
    """End what is too much, durably; False when that is `newcomer` itself, whose session has just been written.

    Raises:
        LedgerError: it cannot be written.
    """
    most, then = guard.policy.concurrency
    if most is None or newcomer.subject is None:
        return True
    live = _live(guard, newcomer.site, newcomer.subject, now)
    if then == "end_oldest":
        others = [session for session in live if session.id != newcomer.id]
        surplus = others[: max(0, len(others) + 1 - most)]
    else:
        surplus = [session for session in live[most:] if session.id == newcomer.id]
    for session in surplus:
        await guard.end(session, End(now, REASON))
    return all(session.id != newcomer.id for session in surplus)


def _live(guard: Guard, site: str, subject: str, now: int) -> Sequence[Session]:
    """The live sessions of `subject`, the oldest first; one that ran out counts no more, although nobody ended it."""
    current = (guard.current(session, now) for session in guard.reader.live_sessions(site, subject))
    alive = [session for session in current if guard.run_out(session, now) is None]
    return sorted(alive, key=lambda session: (session.started_at, session.id))
