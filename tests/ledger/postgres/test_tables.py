"""The tables of the PostgreSQL ledger are those of the SQLite one."""

import sqlite3
from pathlib import Path

from tests.ledger.postgres.server import Server
from tests.ledger.samples import T0, a_guard, a_session

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_writer

OWN = {"ledger": {"one", "schema", "commits", "last_event"}, "policies": {"rowid"}, "guards": {"rowid"}}
"""What only PostgreSQL needs."""


def test_it_has_every_table_and_column_of_the_other(tmp_path: Path, postgres: Server) -> None:
    writer = open_writer(tmp_path / "l.db")
    writer.close()
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    sqlite = sqlite3.connect(tmp_path / "l.db")
    tables = sqlite.execute(
        "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c "
        "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%' AND m.name NOT LIKE '\\_%' ESCAPE '\\'"
    ).fetchall()
    sqlite.close()
    own = {(table, column) for table, columns in OWN.items() for column in columns}
    schema = ServerAddress(url).schema
    found = postgres.ask(
        "SELECT table_name, column_name FROM information_schema.columns "
        f"WHERE table_schema = '{schema}' AND table_name NOT LIKE '%\\_readable'"
    )
    assert set(found) == set(tables) | own


def test_a_human_reads_times_to_the_millisecond(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path))
    writer = open_writer(url)
    writer.create(a_session(at=T0 + 999_999), b"f1", [])
    writer.announce(a_guard("http://127.0.0.1:1", T0))
    writer.close()
    schema = ServerAddress(url).schema
    assert postgres.ask(f"SELECT started_at, ended_at FROM {schema}.sessions_readable") == [
        ("2023-11-14T22:13:20.999Z", None)
    ]
    assert postgres.ask(f"SELECT started_at FROM {schema}.guards_readable") == [("2023-11-14T22:13:20.000Z",)]
