"""Making and opening the file: modes, races, and everything that may be at its place."""

import os
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from tests.ledger.processes import at_once, workers

from nightlatch.ledger import migrations
from nightlatch.ledger.files import connect_reader, connect_writer, explain, explained
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.schema import LEDGER_SCHEMA


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_second_connection_of_a_process_does_not_cost_the_first_its_locks(tmp_path: Path) -> None:
    """Without them another process that closes the ledger takes itself for the last one, and removes the log, into
    which this process goes on writing: neither would ever see what the other did."""
    path = tmp_path / "ledger.db"
    with closing(connect_writer(path)) as first, closing(connect_writer(path)):
        script = f"from nightlatch.ledger.writer import open_writer; open_writer({str(path)!r}).close()"
        subprocess.run([sys.executable, "-c", script], check=True)
        assert path.with_name("ledger.db-wal").exists()
        first.execute("UPDATE settings SET value = value")


def test_a_ledger_is_made_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.db"
    before = os.umask(0)
    try:
        connection = connect_writer(path)
        connection.execute("INSERT INTO issuers VALUES ('a', 'b')")
    finally:
        os.umask(before)
    assert mode(path.parent) == 0o700
    assert {file.name: mode(file) for file in path.parent.iterdir()} == dict.fromkeys(
        ("ledger.db", "ledger.db-wal", "ledger.db-shm"), 0o600
    )
    connection.close()


def test_an_empty_file_becomes_a_ledger(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch(0o644)
    connection = connect_writer(path)
    assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    assert mode(path) == 0o600
    connection.close()


def test_a_file_system_without_links_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def no_links(*_: object) -> None:
        raise OSError("no links here")

    monkeypatch.setattr(os, "link", no_links)
    connection = connect_writer(tmp_path / "ledger.db")
    assert connection.execute("PRAGMA user_version").fetchone() == (LEDGER_SCHEMA,)
    connection.close()
    assert [file.name for file in tmp_path.iterdir()] == ["ledger.db"]


def test_two_that_start_at_once_make_one_ledger(tmp_path: Path) -> None:
    path = tmp_path / "new" / "ledger.db"
    with workers(*[("opens", str(path))] * 4) as started:
        assert at_once(started) == ["True"] * 4
    connection = connect_reader(path)
    assert connection.execute("SELECT count(*) FROM sessions").fetchone() == (4,)
    connection.close()
    assert [file.name for file in path.parent.iterdir() if file.name.startswith(".")] == []


def test_nobody_sees_half_a_ledger(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"

    def migrate(connection: sqlite3.Connection, place: Path) -> None:
        assert place != path
        assert not path.exists()
        whole(connection, place)

    whole = migrations.migrate
    monkeypatch.setattr(migrations, "migrate", migrate)
    connect_writer(path).close()
    assert path.exists()


def test_a_reader_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    connect_writer(path).close()
    connection = connect_reader(path)
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        connection.execute("DELETE FROM sessions")
    connection.close()


def test_a_reader_makes_no_ledger(tmp_path: Path) -> None:
    path = tmp_path / "a b?" / "ledger.db"
    with pytest.raises(LedgerError, match=r"no ledger at .*ledger.db. Start `nightlatch run UPSTREAM`.*--ledger"):
        connect_reader(path)
    assert list(tmp_path.iterdir()) == []


def test_odd_names_are_taken_as_they_are(tmp_path: Path) -> None:
    path = tmp_path / "a b?mode=ro&x#y%41" / "ledger ü.db"
    connect_writer(path).close()
    connect_reader(path).close()
    assert path.exists()


@pytest.mark.parametrize("connect", [connect_reader, connect_writer])
class TestUnusable:
    """What is not a usable ledger is named, with the remedy, and left as it is."""

    def refused(self, connect: object, path: Path) -> str:
        with pytest.raises(LedgerError) as refusal:
            connect(path)  # type: ignore[operator] # one of the two above
        assert str(path) in str(refusal.value)
        return str(refusal.value)

    def test_a_folder(self, connect: object, tmp_path: Path) -> None:
        assert "is a folder" in self.refused(connect, tmp_path)

    @pytest.mark.parametrize("content", [b"not a database, but long enough to have a header " * 40, b"short"])
    def test_garbage(self, connect: object, tmp_path: Path, content: bytes) -> None:
        path = tmp_path / "ledger.db"
        path.write_bytes(content)
        assert "not a ledger" in self.refused(connect, path)
        assert path.read_bytes() == content

    def test_somebody_elses_database(self, connect: object, tmp_path: Path) -> None:
        path = tmp_path / "app.db"
        other = sqlite3.connect(path)
        other.execute("CREATE TABLE sessions (id)")
        other.close()
        content = path.read_bytes()
        assert "not a ledger of nightlatch" in self.refused(connect, path)
        assert path.read_bytes() == content

    def test_a_newer_schema(self, connect: object, tmp_path: Path) -> None:
        path = tmp_path / "ledger.db"
        newer = connect_writer(path)
        newer.execute(f"PRAGMA user_version = {LEDGER_SCHEMA + 1}")
        newer.close()
        assert "newer nightlatch" in self.refused(connect, path)


def test_an_older_schema_is_left_to_the_writer(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.touch()
    with pytest.raises(LedgerError, match="older schema"):
        connect_reader(path)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerError, match=r"file/ledger.db is not usable.*--ledger.*(Not a directory|File exists)"):
        connect_writer(tmp_path / "file" / "ledger.db")


def test_a_place_that_holds_no_files() -> None:
    with pytest.raises(LedgerError, match=r"/proc/nightlatch/ledger.db is not usable"):
        connect_writer(Path("/proc/nightlatch/ledger.db"))


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "locked by another program"),
        (sqlite3.SQLITE_READONLY_DBMOVED, "not writable"),
        (sqlite3.SQLITE_CORRUPT_VTAB, "damaged"),
        (sqlite3.SQLITE_FULL, "Make room"),
        (sqlite3.SQLITE_IOERR_FSYNC, "disk that cannot be read"),
        (sqlite3.SQLITE_MISUSE, "not usable"),
    ],
)
def test_sqlites_codes_in_words(code: int, remedy: str) -> None:
    error = sqlite3.OperationalError("what SQLite said")
    error.sqlite_errorcode = code
    told = str(explain(Path("x/ledger.db"), error))
    assert "x/ledger.db" in told
    assert remedy in told
    assert "what SQLite said" in told


def test_a_schema_that_is_not_even_text_is_damaged(tmp_path: Path) -> None:
    """SQLite quotes it in what it says, which Python then cannot decode."""
    path = tmp_path / "ledger.db"
    connect_writer(path).close()
    content = path.read_bytes()
    wanted = b"ON sessions (site, subject)"
    assert content.count(wanted) == 1
    path.write_bytes(content.replace(wanted, wanted.replace(b"subject", b"su\xe2ject")))
    damaged = pytest.raises(LedgerError, match=r"damaged\. Move it away")
    with closing(connect_reader(path)) as connection, damaged, explained(path):
        connection.execute("SELECT 1 FROM sessions")
