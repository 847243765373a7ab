"""The tables of alerts as they were released: the views name what the tables have."""

from pathlib import Path

from sqlite_utils import Database

from nightlatch.ledger.alert_tables import ALERT_VIEWS
from nightlatch.ledger.writer import open_writer


def test_the_views_show_every_column(tmp_path: Path) -> None:
    open_writer(tmp_path / "ledger.db").close()
    database = Database(tmp_path / "ledger.db")
    for table, columns in ALERT_VIEWS.items():
        assert {column.name for column in database[table].columns} == set(columns), table
        assert [column.name for column in database[f"{table}_readable"].columns] == list(columns)
    assert "step_up_at" in {column.name for column in database["sessions_readable"].columns}
    database.close()
