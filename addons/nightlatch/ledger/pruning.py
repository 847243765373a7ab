"""Removing old events without breaking the proof of the rest: an event in the chain vouches for what is gone.

The `audit.pruned` event is written first; then the events go in small steps, so that no guard waits long for the
lock, and the base of the chain follows. Whatever moment it stops at, the chain can be verified.
"""

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import NamedTuple

from nightlatch.clock import monotonic_now
from nightlatch.core.events import Event, EventType
from nightlatch.ledger.chain import append
from nightlatch.ledger.chain_port import ChainBase
from nightlatch.ledger.executing import Executes
from nightlatch.ledger.pacing import rest

AT_ONCE = 200
BASE = "chain_base"
"""The name of the setting in which the base is kept."""

_HASH = "SELECT hash FROM events WHERE id = ?"
_COUNT = "SELECT count(*) FROM events WHERE id <= ?"
_MOVE = "INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value"

Opens = Callable[[], AbstractContextManager[None]]


class Place(NamedTuple):
    """A ledger that can be written."""

    connection: Executes
    change: Opens
    """Opens one durable transaction that no other can come between."""
    unbound: Opens
    """Outside a transaction: within it events can be removed that the clock's rows and the alerts name."""


def base_of(row: tuple[str]) -> ChainBase:
    """The base as the setting's row has it."""
    return ChainBase(*json.loads(row[0]))


def prune(place: Place, until: int, at: int, policy: str) -> int:
    """Remove the events up to `until`; how many.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    connection = place.connection
    with place.unbound(), place.change():
        (newest,) = connection.execute("SELECT max(id) FROM events").fetchone()
        until = min(until, (newest or 0) - 1)
        (count,) = connection.execute(_COUNT, (until,)).fetchone()
        if count:
            (link,) = connection.execute(_HASH, (until,)).fetchone()
            detail = {"until": until, "hash": link, "count": count}
            append(connection, [Event(EventType.AUDIT_PRUNED, at, policy=policy, detail=detail)])
    with place.unbound():
        for last in _steps(connection, until):
            began = monotonic_now()
            with place.change():
                _remove(connection, last)
            rest(began)
    return int(count)


def _steps(connection: Executes, until: int) -> Iterator[int]:
    """The ids up to which to remove, one step after the other."""
    (first,) = connection.execute("SELECT min(id) FROM events").fetchone()
    yield from (min(start + AT_ONCE - 1, until) for start in range(first or 1, until + 1, AT_ONCE))


def _remove(connection: Executes, last: int) -> None:
    """Within a transaction. Another process may have pruned as far meanwhile; then there is nothing to do."""
    found = connection.execute(_HASH, (last,)).fetchone()
    if found is not None:
        connection.execute(_MOVE, (BASE, json.dumps([last, found[0]]).encode()))
        connection.execute("DELETE FROM events WHERE id <= ?", (last,))
