"""What is particular to SQLite about reading alerts: a row from elsewhere is an error that names the ledger."""

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.samples import a_finding

from nightlatch.ledger.alerts_read import ALERT_COLUMNS, alert_of
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


def test_a_row_has_as_many_columns_as_an_alert_has_fields() -> None:
    row = (*range(14), 1, '{"a": 1}')
    assert len(ALERT_COLUMNS.split(", ")) == len(row) == len(alert_of(row))
    assert alert_of(row).open is True


def test_a_foreign_row_is_told(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.raise_alert(a_finding(), "alert", "v1")
    writer.close()
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alerts SET detail = 'no JSON'")
    connection.commit()
    connection.close()
    reader = open_reader(path)
    with pytest.raises(LedgerError, match=r"ledger\.db"):
        reader.alerts()
    reader.close()
