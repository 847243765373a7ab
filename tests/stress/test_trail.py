"""Reading the trail on, and noticing what does not fit."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
from scripts.stress.opened import reading, writing
from scripts.stress.trail import Trail

from nightlatch.core.events import Event, EventType
from nightlatch.ledger.port import LedgerWriter


@pytest.fixture
def ledger(tmp_path: Path) -> str:
    return str(tmp_path / "ledger.db")


@pytest.fixture
def writer(ledger: str) -> Iterator[LedgerWriter]:
    with writing(ledger) as writer:
        writer.record(
            [
                Event(EventType.SESSION_CREATED, 1, "s1"),
                Event(EventType.SESSION_EXPIRED, 2, "s1"),
                Event(EventType.LOGIN_FAILED, 3),
            ]
        )
        yield writer


def test_it_is_read_on_from_where_it_was_read_to(ledger: str, writer: LedgerWriter) -> None:
    trail = Trail()
    with reading(ledger) as reader:
        assert trail.read(reader) == [] and trail.last == 3
        writer.record([Event(EventType.SESSION_ENDED, 4, "s2")])
        assert trail.read(reader) == [] and trail.last == 4
    assert (trail.began["s1"], trail.ended["s1"], trail.ended["s2"]) == (1, 1, 1)


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ("DELETE FROM events WHERE id = 2", "event 3 does not follow 1"),
        ("UPDATE events SET payload = replace(payload, 's1', 's9') WHERE id = 2", "event 2 is not what was hashed"),
        ("UPDATE events SET prev = hash WHERE id = 3", "event 3 does not follow 2"),
    ],
)
def test_what_does_not_fit_is_told(ledger: str, writer: LedgerWriter, change: str, wrong: str) -> None:
    with closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        connection.execute(change)
    with reading(ledger) as reader:
        assert wrong in Trail().read(reader)
