"""Which ledgers this program can use, and what it says of the others."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlatch.ledger.migrations import migrations
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.schema import APPLICATION_ID, LEDGER_SCHEMA, check_not_older, version_of

PATH = Path("here/ledger.db")


@pytest.fixture
def database() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    yield connection
    connection.close()


def stamp(database: sqlite3.Connection, version: int) -> None:
    database.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    database.execute(f"PRAGMA user_version = {version}")


def test_the_schema_counts_the_migrations() -> None:
    assert len(migrations._migrations) == LEDGER_SCHEMA


def test_an_empty_database_has_no_schema_yet(database: sqlite3.Connection) -> None:
    assert version_of(database, PATH) == 0


def test_a_ledger_tells_its_schema(database: sqlite3.Connection) -> None:
    stamp(database, LEDGER_SCHEMA)
    assert version_of(database, PATH) == LEDGER_SCHEMA


def test_somebody_elses_database_is_left_alone(database: sqlite3.Connection) -> None:
    database.execute("CREATE TABLE sessions (id)")
    with pytest.raises(LedgerError, match=r"here/ledger.db is a database, but not a ledger.*--ledger"):
        version_of(database, PATH)


def test_a_newer_schema_says_so(database: sqlite3.Connection) -> None:
    stamp(database, LEDGER_SCHEMA + 1)
    with pytest.raises(LedgerError, match=r"here/ledger.db was written by a newer nightlatch.*Upgrade"):
        version_of(database, PATH)


def test_an_older_schema_is_not_read() -> None:
    check_not_older(LEDGER_SCHEMA, PATH)
    with pytest.raises(LedgerError, match=r"here/ledger.db is of an older schema.*nightlatch run"):
        check_not_older(LEDGER_SCHEMA - 1, PATH)
