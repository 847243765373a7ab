"""The audit events' hash chain: adding a link, and finding the first one that does not fit.

Whoever changes, removes or inserts an event has to forge every later one. A chain without a secret cannot show more
than that: keep its newest hash somewhere else to notice a chain that was forged as a whole.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from nightlatch.core.events import GENESIS, Event, EventType, canonical, chain_hash
from nightlatch.ledger.chain_port import ChainBase, ChainReader, Link
from nightlatch.ledger.executing import Executes
from nightlatch.ledger.rows import Row, event_of, storable

_LAST = "SELECT hash FROM events ORDER BY id DESC LIMIT 1"
_APPEND = "INSERT INTO events (happened_at, type, session, subject, payload, prev, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"


def append(connection: Executes, events: Iterable[Event]) -> int:
    """Add `events` to the chain; the id of the last. Within the caller's transaction, which no other comes between:
    nobody else can add a link between reading the last one and writing the next."""
    last = connection.execute(_LAST).fetchone()
    links = list(_links(last[0] if last else GENESIS, events))
    if not links:
        return 0
    connection.executemany(_APPEND, links[:-1])
    (added,) = connection.execute(f"{_APPEND} RETURNING id", links[-1]).fetchone()
    return int(added)


def _links(prev: str, events: Iterable[Event]) -> Iterator[Row]:
    for event in events:
        payload = canonical(event)
        link = chain_hash(prev, payload)
        yield (*searchable(event), payload, prev, link)
        prev = link


def searchable(event: Event) -> tuple[int, str, str | None, str | None]:
    """What is kept in columns of its own, to be searched: instant, type, session, subject."""
    return event.at, str(event.type), storable(event.session), storable(event.subject)


class Misfit(NamedTuple):
    """The first event that does not fit: its id, and why."""

    id: int
    why: str


def verify_chain(ledger: ChainReader) -> Misfit | None:
    """The first event that does not fit, None when all do. Others may write meanwhile: what they add is none of it, and
    what they prune is no reason for alarm.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    while True:
        base = ledger.chain_base()
        misfit = _first_misfit(ledger, base)
        if misfit is None or ledger.chain_base() == base:
            return misfit


def _first_misfit(ledger: ChainReader, base: ChainBase) -> Misfit | None:
    last = ledger.last_link()  # asked first: what is added after the last event was read is not missing
    prev, expected, vouched = base.hash, base.id + 1, base.id == 0
    for link in ledger.links():
        why = flaw(link, expected, prev)
        if why:
            return Misfit(expected, why)
        prev, expected = link.hash, expected + 1
        vouched = vouched or (link.type == EventType.AUDIT_PRUNED and _vouches(ledger, base, event_of(link.payload)))
    if expected <= last:
        return Misfit(expected, "it is missing, and so are all after it")
    return None if vouched else Misfit(base.id, "it was removed, and no later event vouches for that")


def _vouches(ledger: ChainReader, base: ChainBase, pruned: Event) -> bool:
    """Whether an `audit.pruned` event tells of a removal up to `base`, or beyond it when that was not finished."""
    until, proof = pruned.detail.get("until"), pruned.detail.get("hash")
    if until == base.id:
        return proof == base.hash
    if not isinstance(until, int) or until < base.id:
        return False
    kept = ledger.link(until)
    return kept is not None and kept.hash == proof


def flaw(link: Link, expected: int, prev: str) -> str | None:
    """Why `link` is not the one with the id `expected` after the hash `prev`; None when it is."""
    if link.id != expected:
        return "it is missing"
    if link.prev != prev:
        return "it names another event as the one before it"
    if link.hash != chain_hash(link.prev, link.payload):
        return "its content is not what was hashed"
    return None if _columns_fit(link) else "its columns differ from its content"


def _columns_fit(link: Link) -> bool:
    try:
        return _told(link[1:5]) == _told(searchable(event_of(link.payload)))
    except (ValueError, KeyError, TypeError):  # hashed, but no event: forged by somebody who knew the rule
        return False


def _told(columns: tuple[object, ...]) -> tuple[object, ...]:
    """As every database can keep them: one of them knows no NUL in a text."""
    return tuple(each.replace("\0", "\\x00") if isinstance(each, str) else each for each in columns)
