"""A connection waits no longer than it was told to, and is set up so that nobody else waits for it for ever."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.ledger.postgres.server import Server
from tests.ledger.postgres.stopped import backends, stopped

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres import connection as module
from nightlatch.ledger.postgres import opening
from nightlatch.ledger.postgres.connection import Connection, Patience, connect, gave_up

HASTY = Patience(0.2, 0.1)


@pytest.fixture
def address(tmp_path: Path, postgres: Server) -> ServerAddress:
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    return ServerAddress(f"{url}&application_name={tmp_path.name}")


@pytest.fixture
def connection(address: ServerAddress) -> Iterator[Connection]:
    connection = connect(address, HASTY, read_only=False)
    yield connection
    connection.close()


def test_what_it_is_set_to(address: ServerAddress) -> None:
    asked = f"{address.url}&schema={address.schema}&options=-c%20work_mem%3D5MB"
    connection = connect(ServerAddress(asked), HASTY, read_only=True)

    def setting(name: str) -> object:
        return connection.execute(f"SHOW {name}").fetchone()[0]

    assert setting("search_path") == address.schema
    assert (setting("statement_timeout"), setting("lock_timeout")) == ("200ms", "100ms")
    assert setting("idle_in_transaction_session_timeout") == "5s", "nobody who stopped half-way stops the others"
    assert setting("work_mem") == "5MB", "what the URL says besides holds"
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        connection.execute("DELETE FROM settings")
    assert connection.is_open
    connection.close()


HOSTILE = {
    "statement_timeout": "'1ms'",
    "lock_timeout": "'1ms'",
    "idle_in_transaction_session_timeout": "'1ms'",
    "idle_session_timeout": "'1ms'",
    "default_transaction_isolation": "'serializable'",
    "default_transaction_read_only": "on",
    "search_path": "'public'",
}
"""What whoever runs the server may have set for a user."""


def test_what_is_set_for_the_user_does_not_reach_it(address: ServerAddress, postgres: Server) -> None:
    postgres.ask("DO $$ BEGIN CREATE ROLE hampered SUPERUSER LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
    for name, value in HOSTILE.items():
        postgres.ask(f"ALTER ROLE hampered SET {name} = {value}")
    theirs = ServerAddress(f"{address.url}&schema={address.schema}".replace("nightlatch@", "hampered@"))
    connection = connect(theirs, HASTY, read_only=False)
    found = {name: connection.execute(f"SHOW {name}").fetchone()[0] for name in HOSTILE}
    assert (found["default_transaction_isolation"], found["idle_session_timeout"]) == ("read committed", "0")
    assert (found["search_path"], found["default_transaction_read_only"]) == (address.schema, "off")
    connection.script("BEGIN; UPDATE ledger SET commits = commits + 1; COMMIT")
    connection.close()


def test_a_pooler_that_swallows_what_is_set_is_told(
    address: ServerAddress, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = module._told

    def swallowed(*about: Any) -> dict[str, Any]:
        return {**told(*about), "options": ""}

    monkeypatch.setattr(module, "_told", swallowed)
    fresh = ServerAddress(f"{address.url}&schema=never_made")
    for opened in (open_writer, open_reader):
        with pytest.raises(LedgerError, match=r"behind a pooler.*name the server itself"):
            opened(fresh)
    assert postgres.ask("SELECT 1 FROM pg_namespace WHERE nspname = 'never_made'") == []
    assert postgres.ask("SELECT 1 FROM pg_tables WHERE schemaname = 'public'") == [], (
        "nor made where it does not belong"
    )


def test_one_whose_user_has_the_same_schema_is_told_all_the_same(
    address: ServerAddress, postgres: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = module._told
    monkeypatch.setattr(module, "_told", lambda *about: {**told(*about), "options": f"-csearch_path={address.schema}"})
    with pytest.raises(LedgerError, match="behind a pooler"):
        connect(address, HASTY, read_only=True)


def test_a_server_that_is_too_old_is_told(address: ServerAddress, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("nightlatch.ledger.postgres.connection.OLDEST", 99_00_00)
    with pytest.raises(LedgerError, match="99 is needed"):
        connect(address, HASTY, read_only=True)


def test_the_server_gives_up_first_and_nothing_is_lost(connection: Connection) -> None:
    with pytest.raises(psycopg.errors.QueryCanceled):
        connection.execute("SELECT pg_sleep(60)")
    assert connection.is_open and connection.execute("SELECT 1").fetchone() == (1,)


def test_a_server_that_stands_still_is_given_up(connection: Connection, postgres: Server, tmp_path: Path) -> None:
    with stopped(backends(postgres, tmp_path.name)):
        with pytest.raises(psycopg.OperationalError) as found:
            connection.execute("SELECT 1")
        assert gave_up(found.value) and not connection.is_open
        with pytest.raises(psycopg.OperationalError, match="closed"):
            connection.execute("SELECT 1")


def test_so_it_is_in_the_middle_of_a_change(connection: Connection, postgres: Server, tmp_path: Path) -> None:
    connection.script("BEGIN")
    assert connection.in_transaction
    with stopped(backends(postgres, tmp_path.name)):
        with pytest.raises(psycopg.OperationalError):
            connection.executemany("SELECT ?", [(1,), (2,)])
        assert not connection.is_open and not connection.in_transaction


def test_an_error_that_harms_nothing_leaves_it_open(connection: Connection) -> None:
    for ask in (lambda: connection.execute("no"), lambda: connection.script("no"), _no_such_table(connection)):
        with pytest.raises(psycopg.ProgrammingError):
            ask()
    assert connection.is_open and not connection.in_transaction


def _no_such_table(connection: Connection):  # type: ignore[no-untyped-def] # a callable
    return lambda: connection.executemany("INSERT INTO nowhere VALUES (?)", [(1,)])


def test_while_it_is_made_it_has_as_long_as_it_takes_to_connect(
    address: ServerAddress, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A machine that is busy when a guard starts is no reason not to start."""
    asked: list[float] = []
    look = opening._Dialling._look_at

    def noted(dialling: Any, connection: Connection) -> None:
        asked.append(connection._wire.patience)
        look(dialling, connection)

    monkeypatch.setattr(opening._Dialling, "_look_at", noted)
    made = opening._Dialling(address, HASTY)()
    assert asked == [2] and made._wire.patience < 1
    made.close()
