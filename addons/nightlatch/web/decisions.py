"""The decision log over HTTP: what was asked and what was answered, as far as the bounded log reaches."""

from typing import Any

from nightlatch.explain.reasons import decision_document
from nightlatch.ledger.port import LedgerReader
from nightlatch.web.asking import Answer, Ask, caught_up, given


async def listed(ask: Ask) -> Answer:
    """The last decisions, oldest first; of one session where one is named."""
    session, limit = given(ask.query.session), ask.query.limit

    def read(reader: LedgerReader) -> list[dict[str, Any]]:
        found = reader.decision_log() if session is None else reader.decisions(session)
        return [decision_document(decision) for decision in list(found)[-limit:]]

    await caught_up(ask)
    return Answer(await ask.ledger.ask(read))
