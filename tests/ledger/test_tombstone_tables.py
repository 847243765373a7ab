"""The tables of what stays of forgotten sessions, as they were released."""

from pathlib import Path

from sqlite_utils import Database

from nightlatch.ledger.tombstone_tables import TOMBSTONE_VIEWS
from nightlatch.ledger.writer import open_writer


def test_the_view_shows_every_column(tmp_path: Path) -> None:
    open_writer(tmp_path / "ledger.db").close()
    database = Database(tmp_path / "ledger.db")
    for table, columns in TOMBSTONE_VIEWS.items():
        assert len(list(database[table].columns)) == len(columns)
        named = [column.split(" AS ")[-1] for column in columns]
        assert [column.name for column in database[f"{table}_readable"].columns] == named
    database.close()
