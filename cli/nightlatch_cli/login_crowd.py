"""The policy's `[concurrency]` where `nightlatch login` makes a session: what the login page keeps to holds here too.

Looked at before the session is written and once it is, so that of two logins at once not both stay. What is too much
is decided by `nightlatch.core.crowding`.
"""

from collections.abc import Sequence

from nightlatch.core.crowding import GAVE_WAY, TOO_MANY, is_full, refusal, surplus
from nightlatch.core.events import Event, EventType
from nightlatch.core.remembering import run_out_at
from nightlatch.core.session import End, Session
from nightlatch.ledger.port import LedgerWriter
from nightlatch.proxy.holds import held_elsewhere
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench

HINT = "end one: nightlatch sessions, then nightlatch sessions end ID"


def refuse_if_full(at: Bench, writer: LedgerWriter, newcomer: Session) -> None:
    """Let nobody in who has as many sessions as the policy allows, where it refuses the next one.

    Raises:
        Failure: they have (exit code 1); the trail tells.
    """
    policy = at.policy(newcomer.site)
    if is_full(policy.concurrency, _live(at, newcomer)):
        detail = {"login": "dev", "reason": TOO_MANY}
        writer.record((Event(EventType.LOGIN_FAILED, at.now, policy=policy.version, detail=detail),))
        fail(ExitCode.FINDING, refusal(policy, newcomer.subject or ""), HINT)


def make_room(at: Bench, writer: LedgerWriter, newcomer: Session) -> None:
    """End what is too much now that `newcomer` is written.

    Raises:
        Failure: that is `newcomer` itself (exit code 1): another login was faster.
    """
    policy = at.policy(newcomer.site)
    gone = surplus(policy.concurrency, _live(at, newcomer), newcomer.id)
    for session in gone:
        writer.end(session.id, End(at.now, GAVE_WAY), _ended(session, at.now, policy.version))
    if any(session.id == newcomer.id for session in gone):
        fail(ExitCode.FINDING, refusal(policy, newcomer.subject or ""), HINT)


def _live(at: Bench, newcomer: Session) -> Sequence[Session]:
    """The live sessions of the same person; one that ran out counts no more, although nobody ended it."""
    if at.policy(newcomer.site).concurrency.max is None:
        return ()
    found = at.reader.live_sessions(newcomer.site, newcomer.subject or "")
    return [each for each in found if not _has_run_out(at, held_elsewhere(at.reader, each, at.now))]


def _has_run_out(at: Bench, session: Session) -> bool:
    end = run_out_at(session, at.policy(session.site))
    return end is not None and end.at <= at.now


def _ended(session: Session, now: int, version: str) -> Event:
    whose = (now, session.id, session.subject, session.network, session.agent, version)
    return Event(EventType.SESSION_ENDED, *whose, {"reason": GAVE_WAY})
