"""The tables as they were first released: the views name what the tables have."""

import sqlite3

from nightlatch.ledger.first_tables import FIRST_INDEXES, FIRST_TABLES, FIRST_VIEWS


def test_the_views_name_what_the_tables_have() -> None:
    connection = sqlite3.connect(":memory:")
    for statement in (*FIRST_TABLES, *FIRST_INDEXES):
        connection.execute(statement)
    for table, columns in FIRST_VIEWS.items():
        connection.execute(f"SELECT {', '.join(columns)} FROM {table}")
    assert len(FIRST_VIEWS["sessions"]) == len(connection.execute("PRAGMA table_info(sessions)").fetchall()) - 1
    connection.close()
