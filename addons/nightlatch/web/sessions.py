"""Sessions over HTTP: the same documents that `nightlatch sessions --json` prints, and the same end."""

from typing import Any

import msgspec

from nightlatch.core.instants import rfc3339
from nightlatch.core.session import End, Session, State
from nightlatch.core.session_json import session_document
from nightlatch.ledger.port import Decision, LedgerReader
from nightlatch.web.asking import Answer, Ask, given, session_or_404
from nightlatch.web.questions import MOST


async def listed(ask: Ask) -> Answer:
    """Sessions, newest first. They are read and written out on the reader's thread, however many they are."""
    query, (now, _, _), policy = ask.query, ask.control.clock(), ask.control.policy()
    state, subject = given(query.state), given(query.subject)

    def write_out(reader: LedgerReader) -> bytes:
        found = reader.sessions(state=state and State(state), subject=subject, limit=query.limit or MOST)
        current = (ask.control.current(session, now) for session in found)
        return msgspec.json.encode([session_document(session, policy, now) for session in current])

    return Answer(await ask.ledger.ask(write_out))


async def one(ask: Ask) -> Answer:
    """One session, with the request that counted last."""
    session = await session_or_404(ask)
    decisions = await ask.ledger.ask(lambda reader: reader.decisions(session.id))
    last = next((decision for decision in reversed(decisions) if decision.activity), None)
    return Answer({**document(ask, session), "counted": counted_document(last)})


async def end(ask: Ask) -> Answer:
    """End a session: from its very next request on it is refused, on every guard of this ledger. One that has ended
    already stays as it ended."""
    session = await session_or_404(ask)
    if session.state is State.ACTIVE:
        session = await ask.control.end(session, End(ask.control.clock()[0], "admin"))
    return Answer(document(ask, session))


async def end_all_of(ask: Ask) -> Answer:
    """End every live session of one person; how many."""
    subject = ask.query.subject
    found = await ask.ledger.ask(lambda reader: reader.sessions(state=State.ACTIVE, subject=subject))
    return Answer({"ended": await ask.control.end_each(found, End(ask.control.clock()[0], "admin"))})


def document(ask: Ask, session: Session) -> dict[str, Any]:
    """`session` as it stands now."""
    now, _, _ = ask.control.clock()
    return session_document(ask.control.current(session, now), ask.control.policy(), now)


def counted_document(decision: Decision | None) -> dict[str, Any] | None:
    """What counted last, in short."""
    if decision is None:
        return None
    return {"at": rfc3339(decision.at), "method": decision.method, "path": decision.path}
