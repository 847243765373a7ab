"""Which of a person's live sessions are too many (`[concurrency]`, NIST SP 800-53 AC-10), whatever way they logged in.

Knows no ledger: who asks, the guard or the command line, tells which sessions live.
"""

from collections.abc import Sequence

from nightlatch.core.policy import Concurrency, Policy
from nightlatch.core.session import Session

TOO_MANY = "too_many_sessions"
"""The reason of a login that is refused for it."""
GAVE_WAY = "policy"
"""Why a session ended that was one too many."""


def is_full(limit: Concurrency, live: Sequence[Session]) -> bool:
    """Whether a further login is to be refused before it makes a session; `live`: those that the person has."""
    return limit.max is not None and limit.then == "refuse" and len(live) >= limit.max


def surplus(limit: Concurrency, live: Sequence[Session], newcomer: str) -> Sequence[Session]:
    """Which of `live`, in the order in which they were written, must end now that the session with the id `newcomer`
    is one of them: the oldest, or that one itself. When each newcomer asks once it is written, and ends what it is
    told, as many stay as may, however many come at once."""
    if limit.max is None:
        return ()
    if limit.then == "end_oldest":
        return [session for session in live[: max(0, len(live) - limit.max)] if session.id != newcomer]
    return [session for session in live[limit.max :] if session.id == newcomer]


def refusal(policy: Policy, subject: str) -> str:
    """What somebody is told who asked for a session of `subject` without a page."""
    most = policy.concurrency.max
    has = "a live session" if most == 1 else f"{most} live sessions"
    return f"{subject} has {has} already, and the policy {policy.name} allows no more ([concurrency])"
