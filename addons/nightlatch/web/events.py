"""The audit trail over HTTP: a page of it, or a stream of what comes (server-sent events)."""

from collections import deque
from collections.abc import Iterable
from itertools import islice
from typing import Any

from nightlatch.core.event_json import event_document
from nightlatch.core.events import Chained, EventType
from nightlatch.ledger.port import LedgerReader
from nightlatch.web.asking import Answer, Ask, given
from nightlatch.web.stream import Emitter

AT_ONCE = 1000
"""How many events are read in one go."""


async def listed(ask: Ask) -> Answer:
    """Events, oldest first: those after the id `after`, else the last ones."""
    types, session, after = types_of(given(ask.query.type)), given(ask.query.session), given(ask.query.after)

    def read(reader: LedgerReader) -> list[dict[str, Any]]:
        return page(reader, types, session, after, ask.query.limit)

    return Answer(await ask.ledger.ask(read))


def page(
    reader: LedgerReader, types: tuple[EventType, ...], session: str | None, after: int | None, limit: int
) -> list[dict[str, Any]]:
    """The first `limit` events after `after`, else the last `limit` of all."""
    if after is not None:
        found: Iterable[Chained] = islice(reader.events(after=after, types=types, session=session), limit)
    else:
        # A long trail is not read from its start, unless something is picked from it.
        start = 0 if types or session else max(0, reader.last_link() - limit)
        found = deque(reader.events(after=start, types=types, session=session), limit)
    return [event_document(chained) for chained in found]


async def streamed(ask: Ask, emitter: Emitter) -> None:
    """Every event as it is written; with `Last-Event-ID` or `after` first what was missed. Ends with the client."""
    types, session = types_of(given(ask.query.type)), given(ask.query.session)
    missed = ask.headers.get("Last-Event-ID", "")
    last = int(missed) if missed.isascii() and missed.isdigit() and len(missed) < 19 else given(ask.query.after)
    if last is None:
        last = await ask.ledger.ask(lambda reader: reader.last_link())

    def read(reader: LedgerReader) -> tuple[int, list[Chained]]:
        until = reader.last_link()
        return until, list(islice(reader.events(after=at, types=types, session=session), AT_ONCE))

    at: int = last
    while await emitter.open():
        until, found = await ask.ledger.ask(read)
        for chained in found:
            await emitter.send(event_document(chained), id=str(chained.id))
        at = found[-1].id if len(found) == AT_ONCE else max([at, until, *(chained.id for chained in found)])
        if len(found) < AT_ONCE:
            await emitter.wait_for_change()


def types_of(name: str | None) -> tuple[EventType, ...]:
    """The event types that `name` means: itself, or all that begin with it; empty for all."""
    return tuple(type_ for type_ in EventType if name in (type_, type_.partition(".")[0]))
