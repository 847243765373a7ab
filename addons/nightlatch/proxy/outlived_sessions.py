"""What a change of policy ends: sessions that had run out under the old one and were not ended yet, whose deadline it
was; and those that live, but have outlived what the new one allows."""

from collections.abc import Sequence

from nightlatch.core.events import Event
from nightlatch.core.policy import Policy
from nightlatch.core.policy_effect import outlived
from nightlatch.core.remembering import run_out_at
from nightlatch.core.session import End, Session, State
from nightlatch.ledger.opening import open_reader
from nightlatch.proxy.guard import Guard

Ending = tuple[str, End, Event]


def judge(
    guard: Guard, sites: Sequence[str], before: Policy, after: Policy, now: int
) -> tuple[list[Ending], list[Ending]]:
    """The sessions of `sites` that `before` had ended by `now`, and those that `after` ends now. May be called on a
    thread: it has a reader of its own.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    reader = open_reader(guard.settings.ledger)
    try:
        found = [session for session in reader.sessions(state=State.ACTIVE) if session.site in sites]
    finally:
        reader.close()
    live = [guard.current(session, now) for session in found]
    over, ended = [], []
    for session in live:
        end = run_out_at(session, before)
        if end is not None and end.at <= now:
            event = guard.end_event(session, end)
            over.append((session.id, end, event._replace(policy=before.version)))
        elif (end := outlived(session, after, now)) is not None:
            ended.append((session.id, end, _tightened(guard, session, end, before, after)))
    return over, ended


def _tightened(guard: Guard, session: Session, end: End, before: Policy, after: Policy) -> Event:
    """The event of an end that the change of policy brought, not the passing of time."""
    event = guard.end_event(session, end)
    return event._replace(policy=after.version, detail={**event.detail, "tightened_from": before.version})
