"""Logins at providers are looked up along indexes: a ledger may hold a million sessions."""

import sqlite3
from pathlib import Path

import pytest

from nightlatch.ledger import federation
from nightlatch.ledger.writer import open_writer


@pytest.mark.parametrize(
    "statement",
    [
        *(federation.STARTED, federation.SPENT, federation.SPENT_LONG_AGO),
        *(federation.OF_SUBJECT, federation.CALLED, federation.BARRED),
    ],
)
def test_no_question_walks_through_all_sessions(tmp_path: Path, statement: str) -> None:
    open_writer(tmp_path / "l.db").close()
    connection = sqlite3.connect(tmp_path / "l.db")
    plan = connection.execute(f"EXPLAIN QUERY PLAN {statement}", ("x",) * statement.count("?")).fetchall()
    connection.close()
    assert [step[3] for step in plan if step[3].startswith("SCAN")] == []
