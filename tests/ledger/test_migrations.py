"""The tables as they were released, and how a ledger comes from one schema to the next."""

import json
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest
from tests.ledger.samples import T0, a_decision, a_finding, a_guard, a_session, an_event, timeout

from nightlatch.core.session import Session
from nightlatch.ledger import migrations, schema
from nightlatch.ledger.alert_tables import ALERT_VIEWS
from nightlatch.ledger.alerts_port import Delivery, Place
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.first_tables import FIRST_VIEWS
from nightlatch.ledger.port import Credential, Found
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

FIRST = Path(__file__).with_name("schema-1.sql")
"""The first schema as it was released, with a row in it. Never edited."""


def from_the_first(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.executescript(FIRST.read_text())
    connection.close()


def objects(path: Path) -> dict[str, str]:
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'")
    made = {name: " ".join(sql.split()) for name, sql in found}
    connection.close()
    return made


def test_a_released_migration_was_not_edited(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    only_the_first(monkeypatch)
    open_writer(tmp_path / "new.db").close()
    from_the_first(tmp_path / "first.db")
    new, first = objects(tmp_path / "new.db"), objects(tmp_path / "first.db")
    assert {name: new.get(name) for name in first} == first


def only_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """As though the first schema were the newest."""
    first = type(migrations.migrations)("nightlatch")
    first._migrations = list(migrations.migrations._migrations)[:1]
    monkeypatch.setattr(migrations, "migrations", first)


def test_the_first_schema_is_brought_up_to_date_with_its_rows(tmp_path: Path) -> None:
    path = tmp_path / "first.db"
    from_the_first(path)
    open_writer(path).close()
    reader = open_reader(path)
    session = Session("s1", "http://localhost:3000", "alice", "nightlatch", *(T0, T0, T0 + 60, T0), gap=60)
    assert reader.find(b"f1") == Found(session._replace(groups=("admins",)), Credential(b"f1", "s1", T0))
    assert reader.key() == bytes(range(32))
    assert verify_chain(reader) is None
    assert len(list(reader.events())) == 1
    reader.close()


def test_every_ledger_comes_to_the_same_schema(tmp_path: Path) -> None:
    open_writer(tmp_path / "new.db").close()
    from_the_first(tmp_path / "first.db")
    open_writer(tmp_path / "first.db").close()
    assert objects(tmp_path / "new.db") == objects(tmp_path / "first.db")


def test_a_further_migration_keeps_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [an_event()])
    writer.close()
    later = type(migrations.migrations)("nightlatch")
    later._migrations = list(migrations.migrations._migrations)
    later(name="m999_later")(lambda db: db.execute("CREATE TABLE later (id)"))
    monkeypatch.setattr(migrations, "migrations", later)
    for module in (migrations, schema, sys.modules["nightlatch.ledger.files"]):
        monkeypatch.setattr(module, "LEDGER_SCHEMA", schema.LEDGER_SCHEMA + 1)
    open_writer(path).close()
    reader = open_reader(path)
    assert reader.session("s1") == a_session()
    assert "later" in objects(path)
    reader.close()


def test_a_migration_that_fails_leaves_nothing_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    monkeypatch.setattr(migrations, "FIRST_INDEXES", ("CREATE INDEX wrong ON nowhere (id)",))
    connection = sqlite3.connect(path, isolation_level=None)
    with pytest.raises(sqlite3.OperationalError):
        migrations.migrate(connection, path)
    assert connection.execute("SELECT * FROM sqlite_master").fetchall() == []
    connection.close()


def test_every_instant_is_an_integer_and_readable_in_a_view(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(at=T0 + 1_999_999), b"\xf1", [an_event()])
    writer.end("s1", timeout(T0), an_event())
    writer.log([a_decision("d1")])
    writer.announce(a_guard("http://127.0.0.1:1"))
    writer.policy("default", "v1", "", T0)
    writer.raise_alert(a_finding(), "alert", "v1")
    writer.note_places([Place("http://a", "ada", "10.0.0.0/24", T0)])
    writer.enlist("r")
    writer.dispatch("r", after=4, until=9, deliveries=[Delivery("d", "r", 1, "{}")])
    writer.close()
    connection = sqlite3.connect(path)
    for table in (*FIRST_VIEWS, *ALERT_VIEWS):
        columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[1].endswith("_at")]
        assert columns, table
        for readable in connection.execute(f"SELECT {', '.join(columns)} FROM {table}_readable"):
            assert {len(text) for text in readable if text is not None} <= {len("2023-11-14T22:13:20.000Z")}
    shown = connection.execute("SELECT started_at, reauthenticated_at FROM sessions_readable").fetchone()
    assert shown == ("2023-11-14T22:13:21.999Z", None)
    assert connection.execute("SELECT fingerprint, session FROM credentials_readable").fetchone() == ("f1", "s1")
    connection.close()


def test_sqlite_utils_opens_it_without_surprises(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [])

    def ask(*command: str) -> list[dict[str, object]]:
        run = subprocess.run(
            [sys.executable, "-m", "sqlite_utils", *command], capture_output=True, text=True, check=True
        )
        found: list[dict[str, object]] = json.loads(run.stdout)
        return found

    tables = {str(row["table"]): row["count"] for row in ask("tables", str(path), "--counts")}
    expected = {"sessions", "credentials", "events", "alerts", "decisions", "policies", "clock"}
    assert expected <= set(tables)
    assert tables["sessions"] == 1
    assert ask("rows", str(path), "sessions_readable")[0]["started_at"] == "2023-11-14T22:13:20.000Z"
    writer.close()
