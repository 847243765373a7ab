"""Finding the session that a person means by an id, or by the beginning of one."""

from collections.abc import Iterable
from difflib import get_close_matches

from nightlatch.core.session import Session
from nightlatch.ledger.port import LedgerReader
from nightlatch_cli.exits import ExitCode, fail

NEARBY = 1000
"""Among how many of the newest sessions a misspelt id is looked for."""


def find_session(reader: LedgerReader, given: str, asked_for: str = "session") -> Session:
    """The session whose id is `given`, or the only one whose id begins so; `asked_for` names what else it could be.

    Raises:
        Failure: none, or more than one; the hint names candidates (exit code 1).
    """
    name = given.strip().lower()
    exact = reader.session(name)
    if exact is not None:
        return exact
    found = reader.match(name) if name else ()
    if len(found) == 1:
        return found[0]
    if found:
        fail(ExitCode.FINDING, f"several sessions begin with `{given}`", f"say which: {_named(found)}")
    fail(ExitCode.FINDING, f"there is no {asked_for} `{given}` on this ledger", _nearest(reader, name))


def _named(sessions: Iterable[Session]) -> str:
    return ", ".join(f"{session.id} ({session.subject or 'someone'}, {session.state})" for session in sessions)


def _nearest(reader: LedgerReader, name: str) -> str:
    newest = {session.id: session for session in reader.sessions(limit=NEARBY)}
    near = get_close_matches(name, newest, 3)
    return f"did you mean {_named([newest[each] for each in near])}?" if near else "`nightlatch sessions` lists them"
