"""What stays of a forgotten session, in the SQLite ledger: that it is all in one transaction, and who may see it."""

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.samples import T0, a_session, an_event, logout

from nightlatch.ledger import forgetting
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.tombstones import BURIAL, exhumed
from nightlatch.ledger.writer import open_writer


def test_a_session_is_never_half_forgotten(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(source="cookie"), b"f1", [])
    writer.end("s1", logout(T0 + 1), an_event())
    monkeypatch.setattr(forgetting, "BURIAL", (*BURIAL, "DELETE FROM nowhere"))
    with pytest.raises(LedgerError):
        writer.forget_sessions(T0 + 2, 9)
    reader = open_reader(path)
    found = reader.session("s1")
    assert found is not None and found.subject == "alice"
    connection = sqlite3.connect(path)
    assert exhumed(connection.execute, b"f1") is None
    connection.close()
    reader.close()
    writer.close()


def test_a_live_session_is_not_forgotten_whatever_its_row_says(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [])
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("UPDATE sessions SET ended_at = 1")
    connection.close()
    assert writer.forget_sessions(T0, 9) == 0
    writer.close()
