"""Events go, the proof stays: whatever moment a removal stops at, and whoever removes more than was vouched for."""

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.samples import T0, a_finding, a_session, a_trail, an_event

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.warp import Segment
from nightlatch.ledger import pruning
from nightlatch.ledger.chain import Misfit, verify_chain
from nightlatch.ledger.chain_port import ChainBase
from nightlatch.ledger.port import LedgerReader, LedgerWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return a_trail(tmp_path / "ledger.db", 10)


def change(path: Path, statement: str) -> None:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(statement)
    connection.close()


def test_the_rest_of_a_pruned_chain_fits_and_says_what_is_gone(reader: LedgerReader, writer: LedgerWriter) -> None:
    old = [link.hash for link in reader.links()]
    assert writer.prune(4, T0 + 100, "v1") == 4
    assert verify_chain(reader) is None
    assert reader.chain_base() == ChainBase(4, old[3])
    events = list(reader.events())
    assert [chained.id for chained in events] == [5, 6, 7, 8, 9, 10, 11]
    assert events[-1].event.type is EventType.AUDIT_PRUNED
    assert events[-1].event.detail == {"until": 4, "hash": old[3], "count": 4}


def test_pruning_again_forgets_what_vouched_before(reader: LedgerReader, writer: LedgerWriter) -> None:
    writer.prune(4, T0, "v1")
    assert writer.prune(11, T0, "v1") == 6, "never the newest, which was the one that vouched"
    assert verify_chain(reader) is None and reader.chain_base().id == 10


def test_nothing_to_prune_writes_nothing(reader: LedgerReader, writer: LedgerWriter) -> None:
    writer.prune(4, T0, "v1")
    assert writer.prune(4, T0, "v1") == 0 and writer.prune(0, T0, "v1") == 0
    assert reader.last_link() == 11


def test_many_events_go_in_steps(reader: LedgerReader, writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 3)
    assert writer.prune(8, T0, "v1") == 8
    assert verify_chain(reader) is None and [link.id for link in reader.links()] == [9, 10, 11]


def test_a_removal_that_stopped_half_way_fits_and_goes_on(
    reader: LedgerReader, writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "AT_ONCE", 3)
    monkeypatch.setattr(pruning, "_steps", lambda connection, until: iter([3]))
    writer.prune(8, T0, "v1")
    assert verify_chain(reader) is None and reader.chain_base().id == 3
    monkeypatch.undo()
    assert writer.prune(8, T0, "v1") == 5
    assert verify_chain(reader) is None and reader.chain_base().id == 8


def test_the_clock_and_alerts_outlive_the_events_that_told_of_them(reader: LedgerReader, writer: LedgerWriter) -> None:
    writer.warp(Segment(T0, T0 + 60), Event(EventType.CLOCK_WARPED, T0))
    writer.create(a_session(), b"f1", [])
    writer.raise_alert(a_finding(), "alert", "v1")
    warp = reader.warp()
    writer.record([an_event()])
    writer.prune(12, T0, "v1")
    assert reader.warp() == warp and verify_chain(reader) is None
    writer.create(a_session("s2"), b"f2", [an_event()])


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM events WHERE id <= 6",
        "UPDATE settings SET value = json_array(6, (SELECT hash FROM events WHERE id = 6)) WHERE name = 'chain_base'",
        "DELETE FROM settings WHERE name = 'chain_base'",
    ],
)
def test_who_removes_more_is_noticed(path: Path, reader: LedgerReader, writer: LedgerWriter, statement: str) -> None:
    writer.prune(4, T0, "v1")
    change(path, statement)
    assert verify_chain(reader) is not None


def test_a_removal_that_nobody_vouched_for_is_noticed(path: Path, reader: LedgerReader, writer: LedgerWriter) -> None:
    change(
        path,
        "INSERT INTO settings VALUES ('chain_base', json_array(4, (SELECT hash FROM events WHERE id = 4)))",
    )
    change(path, "DELETE FROM events WHERE id <= 4")
    assert verify_chain(reader) == Misfit(4, "it was removed, and no later event vouches for that")


def test_a_forged_proof_does_not_vouch(path: Path, reader: LedgerReader, writer: LedgerWriter) -> None:
    detail: dict[str, Field] = {"until": 4, "hash": "0" * 64, "count": 4}
    writer.record([Event(EventType.AUDIT_PRUNED, T0, detail=detail)])
    change(
        path,
        "INSERT INTO settings VALUES ('chain_base', json_array(4, (SELECT hash FROM events WHERE id = 4)))",
    )
    change(path, "DELETE FROM events WHERE id <= 4")
    assert verify_chain(reader) == Misfit(4, "it was removed, and no later event vouches for that")


def test_what_is_older_is_counted_from_the_oldest_on(reader: LedgerReader, writer: LedgerWriter) -> None:
    assert [reader.last_before(T0 + number) for number in (0, 1, 5, 100)] == [0, 1, 5, 10]
    writer.record([an_event(at=T0 + 2)])
    assert reader.last_before(T0 + 5) == 5, "an event out of order is kept with those before it"
