"""Alerts over HTTP: what the detectors found."""

from collections import deque
from itertools import islice
from typing import Any

from nightlatch.core.alert_json import alert_document
from nightlatch.ledger.port import LedgerReader
from nightlatch.web.asking import Answer, Ask, given


async def listed(ask: Ask) -> Answer:
    """Alerts, oldest first: those after the id `after`, else the last ones."""
    session, after, limit = given(ask.query.session), given(ask.query.after), ask.query.limit

    def read(reader: LedgerReader) -> list[dict[str, Any]]:
        found = reader.alerts(after=after or 0, session=session)
        return [alert_document(alert) for alert in (deque(found, limit) if after is None else islice(found, limit))]

    return Answer(await ask.ledger.ask(read))
