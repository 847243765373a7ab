"""What went wrong, in words that name the remedy and never a password."""

from pathlib import Path

import psycopg
import pytest
from psycopg import errors
from tests.ledger.postgres.server import Server

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres.remedies import explain, lost

PLANTED = "s3cr3t"
ADDRESS = ServerAddress(f"postgresql://ada:{PLANTED}@db/app")


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (errors.InvalidPassword, "PGPASSWORD"),
        (errors.InvalidCatalogName, "createdb"),
        (errors.UndefinedTable, "restore it"),
        (errors.LockNotAvailable, "locked by another program"),
        (errors.ReadOnlySqlTransaction, "standby"),
        (errors.DiskFull, "Make room"),
        (errors.AdminShutdown, "start it again"),
        (errors.DataCorrupted, "backup"),
        (psycopg.OperationalError, "comes back by itself"),
        (psycopg.InterfaceError, "comes back by itself"),
        (errors.DivisionByZero, "is not usable"),
    ],
)
def test_each_names_its_remedy_and_no_password(kind: type[psycopg.Error], remedy: str) -> None:
    told = str(explain(ADDRESS, kind(f'server said:\n  "{PLANTED}" and more')))
    assert remedy in told and "postgresql://ada:***@db/app" in told
    assert PLANTED not in told and "\n" not in told


def test_what_broke_the_connection_is_told_apart() -> None:
    assert lost(psycopg.OperationalError()) and lost(errors.AdminShutdown()) and lost(psycopg.InterfaceError())
    assert not lost(errors.UniqueViolation()) and not lost(ValueError())


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_a_wrong_password_is_told_and_not_shown(opening: object, tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path)).replace("nightlatch@", f"locked:{PLANTED}@")
    postgres.ask("DO $$ BEGIN CREATE ROLE locked LOGIN PASSWORD 'other'; EXCEPTION WHEN duplicate_object THEN END $$")
    with pytest.raises(LedgerError, match=r"PGPASSWORD") as told:
        opening(url)  # type: ignore[operator]  # one of the two above
    everything = repr(told.value) + str(told.value.__cause__) + str(told.value.__context__)
    assert PLANTED not in everything and "locked:***@" in everything


@pytest.mark.parametrize(
    ("url", "remedy"),
    [
        (f"postgresql://ada:{PLANTED}@127.0.0.1:1/app", "cannot be reached"),
        (f"postgresql://ada:{PLANTED}@127.0.0.1:port/app", "not usable|cannot be reached"),
        (f"postgresql://ada:{PLANTED}@127.0.0.1:1/app?no_such={PLANTED}", "not usable|cannot be reached"),
        (f"postgresql://ada:a b/{PLANTED}@127.0.0.1:1/app", "not usable|cannot be reached"),
    ],
)
def test_nor_is_one_in_a_url_that_leads_nowhere(url: str, remedy: str) -> None:
    with pytest.raises(LedgerError, match=remedy) as told:
        open_reader(url)
    assert PLANTED not in str(told.value).replace(f"no_such={PLANTED}", "")


def test_a_database_that_is_not_there(postgres: Server) -> None:
    with pytest.raises(LedgerError, match="createdb"):
        open_writer(postgres.url("x").replace("/postgres?", "/nowhere?"))


@pytest.mark.parametrize(
    "why", ["the database system is in recovery mode", "the database system is not yet accepting connections"]
)
def test_a_server_that_recovers_from_a_crash_is_starting(why: str) -> None:
    told = explain(ServerAddress("postgresql://ada@db.example/app"), psycopg.OperationalError(f"FATAL:  {why}"))
    assert "is starting or stopping: nightlatch comes back by itself" in str(told)


@pytest.mark.parametrize(
    ("why", "remedy"),
    [
        ('too many connections for role "ada"', "CONNECTION LIMIT"),
        ('too many connections for database "app"', "CONNECTION LIMIT"),
        ("sorry, too many clients already", "CONNECTION LIMIT"),
        ('database "app" does not exist', "createdb"),
        ("unsupported startup parameter: options", "behind a pooler"),
    ],
)
def test_why_a_connection_is_refused(why: str, remedy: str) -> None:
    assert remedy in str(explain(ADDRESS, psycopg.OperationalError(f"connection failed: FATAL:  {why}")))


@pytest.mark.parametrize(
    ("kind", "remedy"),
    [
        (errors.SerializationFailure, "changed by another program"),
        (errors.DeadlockDetected, "changed by another program"),
        (errors.IdleInTransactionSessionTimeout, "look at its machine"),
        (errors.AdminShutdown, "if it was shut down"),
    ],
)
def test_what_a_server_does_in_the_middle(kind: type[psycopg.Error], remedy: str) -> None:
    assert remedy in str(explain(ADDRESS, kind("so it was")))


def test_a_schema_that_may_not_be_looked_into_is_not_taken_for_none(tmp_path: Path, postgres: Server) -> None:
    """To "restore" it, or to start a second ledger, would be the wrong remedy."""
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    postgres.ask("DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN END $$")
    for opening in (open_reader, open_writer):
        with pytest.raises(LedgerError, match=r"refuses this user: grant it the schema.*permission denied for schema"):
            opening(url.replace("nightlatch@", "stranger@"))
