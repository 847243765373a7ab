"""Every way to tamper with the events that the chain must show."""

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.samples import T0, a_trail, an_event

from nightlatch.core.events import EventType, chain_hash
from nightlatch.ledger.chain import Misfit, append, flaw, verify_chain
from nightlatch.ledger.chain_port import ChainBase, Link
from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.writer import open_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return a_trail(tmp_path / "ledger.db", 5)


def tamper(path: Path, *statements: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    for statement in statements:
        connection.execute(statement)
    connection.close()


def test_an_untouched_chain_fits(reader: LedgerReader) -> None:
    assert verify_chain(reader) is None
    assert reader.last_link() == 5


@pytest.mark.parametrize(
    ("change", "misfit"),
    [
        ("UPDATE events SET payload = replace(payload, 's2', 's9') WHERE id = 3", Misfit(3, "its content is not")),
        ("UPDATE events SET session = 's9' WHERE id = 2", Misfit(2, "its columns differ")),
        ("UPDATE events SET subject = 'mallory' WHERE id = 2", Misfit(2, "its columns differ")),
        ("UPDATE events SET happened_at = 1 WHERE id = 4", Misfit(4, "its columns differ")),
        ("UPDATE events SET type = 'login.failed' WHERE id = 1", Misfit(1, "its columns differ")),
        ("UPDATE events SET hash = prev WHERE id = 3", Misfit(3, "its content is not")),
        ("DELETE FROM events WHERE id = 1", Misfit(1, "it is missing")),
        ("DELETE FROM events WHERE id = 3", Misfit(3, "it is missing")),
        ("DELETE FROM events WHERE id >= 4", Misfit(4, "it is missing, and so are all after it")),
        ("DELETE FROM events", Misfit(1, "it is missing, and so are all after it")),
        ("UPDATE events SET payload = 'no json' WHERE id = 2", Misfit(2, "its content is not")),
        ("UPDATE events SET payload = x'ff00' WHERE id = 2", Misfit(2, "its content is not")),
        ("UPDATE events SET prev = 'x' WHERE id = 2", Misfit(2, "it names another event")),
    ],
)
def test_the_first_event_that_does_not_fit_is_named(
    path: Path, reader: LedgerReader, change: str, misfit: Misfit
) -> None:
    tamper(path, change)
    found = verify_chain(reader)
    assert found is not None
    assert found.id == misfit.id
    assert found.why.startswith(misfit.why)


def test_two_events_that_change_places_do_not_fit(path: Path, reader: LedgerReader) -> None:
    tamper(path, *(f"UPDATE events SET id = {new} WHERE id = {old}" for old, new in ((2, 99), (3, 2), (99, 3))))
    assert verify_chain(reader) == Misfit(2, "it names another event as the one before it")


def test_an_event_cut_off_is_noticed_after_more_were_added(path: Path, reader: LedgerReader) -> None:
    tamper(path, "DELETE FROM events WHERE id = 5")
    writer = open_writer(path)
    writer.record([an_event()])
    writer.close()
    assert verify_chain(reader) == Misfit(5, "it is missing")


def test_a_rehashed_event_is_noticed_at_the_next(path: Path, reader: LedgerReader) -> None:
    link = list(reader.links())[2]
    forged = link.payload.replace('"subject":null', '"subject":"mallory"')
    new = chain_hash(link.prev, forged)
    tamper(path, f"UPDATE events SET payload = '{forged}', subject = 'mallory', hash = '{new}' WHERE id = 3")
    assert verify_chain(reader) == Misfit(4, "it names another event as the one before it")


def test_a_payload_that_hashes_but_is_no_event(reader: LedgerReader) -> None:
    link = next(iter(reader.links()))
    for payload in ("no json", "[]", '{"type": "unknown"}'):
        forged = link._replace(payload=payload, hash=chain_hash(link.prev, payload))
        assert flaw(forged, 1, link.prev) == "its columns differ from its content"


def test_the_last_id_is_told(path: Path) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    assert append(connection, [an_event(), an_event(EventType.LOGIN_STARTED)]) == 7
    assert append(connection, []) == 0
    connection.close()


class Busy:
    """A reader whose trail somebody writes while it is being read."""

    def __init__(self, reader: LedgerReader, at_the_end: Callable[[], object]) -> None:
        self._reader, self._at_the_end = reader, at_the_end

    def __getattr__(self, name: str) -> Any:
        return getattr(self._reader, name)

    def links(self) -> Iterator[Link]:
        yield from self._reader.links()
        self._at_the_end()


def test_an_event_that_is_added_while_it_is_verified_is_not_missing(path: Path, reader: LedgerReader) -> None:
    writer = open_writer(path)
    assert verify_chain(Busy(reader, lambda: writer.record([an_event(at=T0 + 9)]))) is None
    tamper(path, "DELETE FROM events WHERE id = 6")
    missing = Misfit(6, "it is missing, and so are all after it")
    assert verify_chain(Busy(reader, lambda: None)) == missing
    writer.close()


def test_nor_are_those_that_are_pruned_meanwhile(path: Path, reader: LedgerReader) -> None:
    writer, begun = open_writer(path), list[int]()

    class Pruned(Busy):
        def chain_base(self) -> ChainBase:
            base = reader.chain_base()
            begun.append(base.id)
            if len(begun) == 1:
                writer.prune(3, T0 + 9, "v")
            return base

    assert verify_chain(Pruned(reader, lambda: None)) is None and begun[0] == 0 and begun[-1] == 3
    writer.close()
