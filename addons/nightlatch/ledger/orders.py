"""Ordering the end of a session: what `nightlatch expire` does, and whoever else may (a control API).

The ledger carries the order: every guard reads it with the session, so at the session's very next request.
"""

from nightlatch.core.on_purpose import Moment, end_on_purpose, expiry_event
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session
from nightlatch.ledger.port import LedgerWriter


def order_expiry(writer: LedgerWriter, session: Session, moment: Moment, policy: Policy, now: int) -> bool:
    """Have `session` end at `moment`, at once if that is now.

    Args:
        writer: the ledger's.
        session: as it was read.
        moment: when it is to end; `never` takes an earlier order back.
        policy: the one in force for its site: the end names one of its limits.
        now: microseconds on nightlatch's clock.

    Returns:
        False when the session had ended already.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    if moment is not Moment.NOW:
        return writer.order_expiry(session.id, None if moment is Moment.NEVER else str(moment))
    end = end_on_purpose(session, policy_for(policy, session).session, now)
    return writer.end(session.id, end, expiry_event(session, end, moment, policy.version))
