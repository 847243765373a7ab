"""Forgetting in the SQLite ledger: the file really gets smaller, in steps, and nobody walks through all of it."""

import sqlite3
from pathlib import Path

from tests.ledger.samples import T0, a_session, logout

from nightlatch.ledger import forgetting
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


def filled(path: Path, sessions: int = 300) -> None:
    writer = open_writer(path)
    for number in range(sessions):
        writer.create(a_session(f"s{number}", agent="x" * 500), b"%d" % number, [])
    writer.end_all(None, logout(T0 + 1), "v1")
    writer.forget_sessions(T0 + 2, sessions)
    writer.close()


def test_the_file_shrinks_while_it_is_in_use_in_steps(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    filled(path)
    writer, reader = open_writer(path), open_reader(path)
    before = reader.space()
    assert before.shrinks and before.free > 100_000
    assert writer.shrink(40_960) == 40_960
    while writer.shrink(65_536):
        pass
    assert reader.space().free == 0 and reader.space().bytes == before.bytes - before.free
    reader.close()
    writer.close()
    assert path.stat().st_size == before.bytes - before.free


def test_a_ledger_of_before_shrinks_when_it_is_compacted_and_by_itself_from_then_on(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_writer(path).close()
    connection = sqlite3.connect(path, isolation_level=None)
    connection.executescript(
        "PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = NONE; VACUUM; PRAGMA journal_mode = WAL"
    )
    connection.close()
    filled(path)
    writer, reader = open_writer(path), open_reader(path)
    size = reader.space().bytes
    assert not reader.space().shrinks and reader.space().free > 0
    assert writer.shrink(1 << 20) == 0
    assert reader.space().bytes == size
    writer.compact()
    assert reader.space().shrinks and reader.space().free == 0
    assert reader.space().bytes < size - 100_000
    reader.close()
    writer.close()


def test_what_is_to_go_is_found_by_an_index(tmp_path: Path) -> None:
    open_writer(tmp_path / "l.db").close()
    connection = sqlite3.connect(tmp_path / "l.db")
    plan = str(connection.execute(f"EXPLAIN QUERY PLAN {forgetting._ENDED}", (1, 1)).fetchall())
    connection.close()
    assert "sessions_by_end" in plan and "TEMP B-TREE" not in plan
