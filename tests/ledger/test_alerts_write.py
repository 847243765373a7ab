"""What is particular to SQLite about writing alerts: all of an alert or nothing of it."""

from pathlib import Path

import pytest
from tests.ledger.samples import T0, a_finding, a_session

from nightlatch.ledger import alerts_write
from nightlatch.ledger.alerts_write import raised
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


def test_an_alert_whose_consequence_cannot_be_written_is_not_raised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [])
    monkeypatch.setattr(alerts_write, "_STEP_UP", "UPDATE nothing SET a = ? WHERE b = ?")
    with pytest.raises(LedgerError):
        writer.raise_alert(a_finding(), "step_up", "v1")
    reader = open_reader(path)
    assert (list(reader.alerts()), list(reader.events())) == ([], [])
    reader.close()
    writer.close()


def test_the_event_tells_how_often(tmp_path: Path) -> None:
    writer = open_writer(tmp_path / "ledger.db")
    alert = writer.raise_alert(a_finding(times=12), "alert", "v1")
    writer.close()
    assert alert is not None
    told = raised(alert, T0 + 1)
    assert (told.at, told.detail["count"], told.detail["alert"]) == (T0 + 1, 12, alert.id)
