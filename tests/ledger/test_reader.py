"""What is particular to reading SQLite: locks, plans, rows of somebody else's making."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.samples import OTHER_SITE, SECOND, SITE, T0, a_session, an_event

from nightlatch.core.events import EventType
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger import live_read, questions
from nightlatch.ledger import reader as sqlite
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.ledger.schema import LEDGER_SCHEMA
from nightlatch.ledger.writer import open_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    open_writer(path).close()
    return path


@pytest.fixture
def foreign(path: Path, writer: LedgerWriter) -> Iterator[sqlite3.Connection]:
    """Somebody else's connection to the same file."""
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def test_a_held_write_lock_does_not_hold_up_reads(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection
) -> None:
    writer.create(a_session(), b"f1", [an_event()])
    foreign.execute("BEGIN EXCLUSIVE")
    foreign.execute("UPDATE sessions SET subject = 'mallory'")
    found = reader.find(b"f1")
    assert found is not None
    assert found.session.subject == "alice"
    assert reader.warp() == Warp()
    assert len(list(reader.events())) == 1
    foreign.execute("ROLLBACK")


def test_a_half_read_list_of_events_holds_nothing(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection
) -> None:
    writer.record([an_event()] * 3)
    some = iter(reader.events())
    next(some)
    writer.record([an_event()])
    assert foreign.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone() == (0, 0, 0)


@pytest.mark.parametrize(
    "change",
    [
        *("state = 'asleep'", "groups = 'no json'", "groups = '7'", "last_active_at = 'x'", "started_at = x'00'"),
        *("gap = -1", "authenticated_at = 9000000000000000000", "reauthenticated_at = 'x'"),
        "state = 'ended', ended_at = 'x', end_reason = 'admin'",
    ],
)
def test_a_row_of_somebody_elses_making(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection, change: str
) -> None:
    writer.create(a_session(), b"f1", [])
    foreign.execute(f"UPDATE sessions SET {change}")
    for ask in (lambda: reader.find(b"f1"), reader.sessions, lambda: reader.session("s1")):
        with pytest.raises(LedgerError, match=r"ledger.db holds a row that was not written by nightlatch"):
            ask()


def test_an_event_of_somebody_elses_making(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection
) -> None:
    writer.record([an_event()])
    foreign.execute("UPDATE events SET payload = '{}'")
    with pytest.raises(LedgerError, match="not written by nightlatch"):
        list(reader.events())


@pytest.mark.parametrize(
    "payload", ['{"type": "login.failed", "at": "x", "detail": {}}', '{"type": "login.failed", "at": 1, "detail": 7}']
)
def test_an_event_whose_time_or_detail_is_none(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection, payload: str
) -> None:
    writer.record([an_event()])
    foreign.execute("UPDATE events SET payload = ?", (payload,))
    with pytest.raises(LedgerError, match="not written by nightlatch"):
        list(reader.events())


@pytest.mark.parametrize("value", ["NULL", "'text'", "5", "4000000000"])
def test_a_key_of_somebody_elses_making_is_no_key(
    reader: LedgerReader, foreign: sqlite3.Connection, value: str
) -> None:
    """A number would be taken for so many zero bytes: a key that everybody knows."""
    foreign.execute(f"UPDATE OR IGNORE settings SET value = {value} WHERE name = 'key'")
    if foreign.execute("SELECT typeof(value) FROM settings WHERE name = 'key'").fetchone() != ("blob",):
        with pytest.raises(LedgerError, match="not written by nightlatch"):
            reader.key()
    foreign.execute("DELETE FROM settings WHERE name = 'key'")
    with pytest.raises(LedgerError, match="its key is gone"):
        reader.key()


def test_a_clock_and_a_latest_event_of_somebody_elses_making(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection
) -> None:
    writer.warp(Warp().advance(T0, SECOND), an_event(EventType.CLOCK_WARPED))
    foreign.execute("UPDATE clock SET warped_at = 'x'")
    foreign.execute("UPDATE events SET happened_at = 'x'")
    for ask in (reader.warp, reader.horizon):
        with pytest.raises(LedgerError, match="not written by nightlatch"):
            ask()


def test_a_table_that_is_gone(reader: LedgerReader, foreign: sqlite3.Connection) -> None:
    for table in ("credentials", "clock", "decisions"):
        foreign.execute(f"DROP TABLE {table}")
    for ask in (lambda: reader.find(b"f1"), reader.warp, lambda: reader.decision("d1")):
        with pytest.raises(LedgerError, match=r"ledger.db is not usable.*no such table"):
            ask()


def test_a_file_that_is_overwritten_while_open_is_an_error_and_no_crash(
    path: Path, reader: LedgerReader, writer: LedgerWriter
) -> None:
    for number in range(300):
        writer.create(a_session(f"s{number}"), str(number).encode(), [])
    writer.close()
    assert reader.find(b"7") is not None
    foreign = sqlite3.connect(path)
    foreign.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    foreign.close()
    path.write_bytes(b"garbage" * 10)
    with pytest.raises(LedgerError, match=r"ledger.db is"):
        [reader.find(str(number).encode()) for number in range(300)]


def test_the_warp_survives_a_foreign_hand(
    reader: LedgerReader, writer: LedgerWriter, foreign: sqlite3.Connection
) -> None:
    writer.warp(Segment(T0, T0 + 5), an_event())
    assert reader.warp() == Warp((Segment(T0, T0 + 5),))
    foreign.execute("DELETE FROM clock")
    assert reader.warp() == Warp()


INDEXED = [
    (f"{questions._SESSIONS} {questions._NEWEST_FIRST}", "sessions_by_start"),
    *(
        (questions._RUN_OUT.format(since=since, flag=flag), f"sessions_{whose}_by_{clock}")
        for since, clock in (("last_active_at", "activity"), ("authenticated_at", "authentication"))
        for flag, whose in enumerate(("live", "remembered"))
    ),
    (sqlite._LAST_ACTIVE, "sessions_live_by_activity"),
    (sqlite._LAST_REMEMBERED, "sessions_remembered_by_activity"),
    (questions._LAST_EVENT, "events_by_time"),
]


@pytest.mark.parametrize(("question", "index"), INDEXED)
def test_no_question_walks_through_all_sessions(foreign: sqlite3.Connection, question: str, index: str) -> None:
    plan = foreign.execute(f"EXPLAIN QUERY PLAN {question}", [None] * question.count("?")).fetchall()
    steps = [row[3] for row in plan]
    assert any(index in step or "PRIMARY KEY" in step for step in steps)
    assert not [step for step in steps if step.startswith("SCAN sessions") and "USING" not in step]


def test_the_horizon_goes_from_site_to_site(reader: LedgerReader, writer: LedgerWriter) -> None:
    for number, site in enumerate([SITE, OTHER_SITE, "", "http://z"]):
        writer.create(a_session(f"s{number}", T0 + number % 3, site=site), str(number).encode(), [])
    assert reader.horizon() == T0 + 2
    writer.create(a_session("kept", T0 + 7, remembered=True), b"kept", [])
    assert reader.horizon() == T0 + 7


def test_who_was_active_is_read_along_both_indexes(foreign: sqlite3.Connection) -> None:
    plan = foreign.execute(f"EXPLAIN QUERY PLAN {live_read._ACTIVE}", (SITE, T0, 9)).fetchall()
    steps = " ".join(row[3] for row in plan)
    assert "sessions_live_by_activity" in steps and "sessions_remembered_by_activity" in steps
    assert "TEMP B-TREE" not in steps


def test_the_facts_for_a_doctor(path: Path, reader: LedgerReader) -> None:
    facts = reader.facts()
    assert (facts.path, facts.schema, facts.events) == (str(path), LEDGER_SCHEMA, 0)
    assert facts.bytes > 4096


def test_reading_loads_no_sqlite_utils(path: Path, writer: LedgerWriter) -> None:
    code = (
        "import sys; from nightlatch.ledger.reader import open_reader; "
        "open_reader(sys.argv[1]).close(); sys.exit('sqlite_utils' in sys.modules)"
    )
    environment = {"PYTHONPATH": str(Path(__file__).parents[2] / "addons")}
    assert subprocess.run([sys.executable, "-c", code, str(path)], env=environment).returncode == 0
