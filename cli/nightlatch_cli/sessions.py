"""`nightlatch sessions`: who is logged in and for how long still; ending a session."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from typing import Annotated, Any

import typer

from nightlatch.core.durations import format_duration
from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session, State
from nightlatch.core.session_json import session_document
from nightlatch.explain.phrases import left, span, why_ended
from nightlatch_cli.completion import live_sessions
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonlOption, JsonOption, LedgerOption
from nightlatch_cli.output import on_terminal, print_facts, print_json, print_jsonl, print_table, say, tell
from nightlatch_cli.selection import find_session

SCREENFUL, PAGE = 100, 1000
"""How many sessions are listed unless told: to a person, and to a program."""

SessionArgument = Annotated[
    str,
    typer.Argument(metavar="ID", help="A session's id, or the beginning of one.", autocompletion=live_sessions),
]


class Reason(StrEnum):
    """Why somebody ends a session by hand."""

    ADMIN = "admin"
    LOGOUT = "logout"
    BACKCHANNEL = "backchannel"
    POLICY = "policy"


def list_sessions(
    state: Annotated[State | None, typer.Option(help="Only sessions in this state.")] = None,
    limit: Annotated[
        int | None, typer.Option(min=0, metavar="N", help="How many at most; 0: all. [100 on a terminal, else 1000]")
    ] = None,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
    jsonl: JsonlOption = False,
) -> None:
    """List sessions, newest first, with what is left of their clocks under the policy in force."""
    most = (SCREENFUL if on_terminal() else PAGE) if limit is None else limit
    with bench(ledger) as at:
        found = at.reader.sessions(state=state, limit=most + 1 if most else None)
        sessions = found[:most] if most else found
        if jsonl:
            print_jsonl(_document(at, session) for session in sessions)
        elif json:
            print_json([_document(at, session) for session in sessions])
        else:
            _print_list(at, sessions)
    if len(found) > len(sessions):
        say(f"the newest {most} are shown; more with --limit N, all with --limit 0")


def show(
    session: SessionArgument,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Show one session."""
    with bench(ledger) as at:
        found = find_session(at.reader, session)
        document = _document(at, found)
    if json:
        print_json(document)
    else:
        print_facts(_facts(found, document))


def end(
    session: SessionArgument,
    reason: Annotated[Reason, typer.Option(help="What the audit trail says why.")] = Reason.ADMIN,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """End a session: from its very next request on it is refused, on every guard of this ledger."""
    with bench(ledger) as at, writing(ledger) as writer:
        found = find_session(at.reader, session)
        ending = End(at.now, str(reason))
        if found.end is not None or not writer.end(found.id, ending, _event(at, found, ending)):
            _refuse(at, at.reader.session(found.id) or found)
        ended = at.reader.session(found.id) or found
        if json:
            print_json(_document(at, ended))
        else:
            tell(f"{ended.id} of {ended.subject or 'someone'} is ended: {why_ended(ended.end)}")


def _refuse(at: Bench, session: Session) -> None:
    ended = _document(at, session)["ended_at"]
    fail(ExitCode.FINDING, f"session {session.id} ended already at {ended}: {why_ended(session.end)}")


def _event(at: Bench, session: Session, ending: End) -> Event:
    """What the audit trail will tell."""
    return Event(
        EventType.SESSION_ENDED,
        ending.at,
        session.id,
        session.subject,
        session.network,
        session.agent,
        at.policy(session.site).version,
        {"reason": ending.reason},
    )


def _document(at: Bench, session: Session) -> dict[str, Any]:
    return session_document(session, at.policy(session.site), at.now)


def _print_list(at: Bench, sessions: Sequence[Session]) -> None:
    if not sessions:
        say("no sessions")
        return
    headers = ("id", "subject", "state", "started", "last active", "what is left, or why it ended", "site")
    rows = [_row(at, session) for session in sessions]
    sites = {session.site for session in sessions}
    if on_terminal() and len(sites) == 1:  # the same in every line: the width is better spent
        print_table(headers[:-1], (row[:-1] for row in rows))
        say(f"all at {sites.pop()}")
        return
    print_table(headers, rows)


def _row(at: Bench, session: Session) -> tuple[str, ...]:
    document = _document(at, session)
    return (
        session.id,
        session.subject or "-",
        str(session.state),
        _ago(at, session.started_at) if on_terminal() else document["started_at"],
        _ago(at, session.last_active_at),
        left(document) if session.end is None else why_ended(session.end),
        session.site,
    )


def _ago(at: Bench, instant: int) -> str:
    return f"{format_duration(max(0, at.now - instant))} ago"


_FIRST = ("id", "subject", "email", "site", "state", "started_at", "last_active_at", "reauthenticated_at", "ended_at")


def _facts(session: Session, document: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """One session, a line a fact; what is not known is left out."""
    for name in _FIRST:
        yield name.removesuffix("_at").replace("_", " "), document[name] or ""
    if session.end is not None:
        yield "why", why_ended(session.end)
    if session.remembered:
        yield "remembered", "yes"
    if session.expire_when is not None:
        yield "ordered end", session.expire_when
    for name, clock in document["clocks"].items():
        yield name, f"{span(clock['remaining'])} left of {span(clock['limit'])}, until {clock['deadline']}"
    for name in ("source", "groups", "amr", "acr", "network", "agent"):
        value = document[name]
        yield name, ", ".join(value) if isinstance(value, list) else value or ""
