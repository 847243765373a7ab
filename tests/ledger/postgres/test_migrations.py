"""Making a ledger in a database: once, whole, and only where it is nightlatch's to make."""

from pathlib import Path
from threading import Thread

import psycopg
import pytest
from tests.ledger.gate import until
from tests.ledger.postgres.server import Server
from tests.ledger.processes import at_once, workers

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres import migrations
from nightlatch.ledger.postgres.tables import SCHEMA_VERSION


@pytest.fixture
def url(tmp_path: Path, postgres: Server) -> str:
    return postgres.url(str(tmp_path))


def schema_of(url: str) -> str:
    return ServerAddress(url).schema


def test_it_is_made_once_and_keeps_its_key(url: str) -> None:
    keys = set()
    for _ in range(3):
        open_writer(url).close()
        reader = open_reader(url)
        keys.add(reader.key())
        assert reader.facts().schema == SCHEMA_VERSION
        reader.close()
    assert len(keys) == 1


def test_guards_that_start_at_once_make_one_ledger(url: str) -> None:
    with workers(*[("opens", url)] * 4) as started:
        assert at_once(started) == ["True"] * 4
    reader = open_reader(url)
    assert len(list(reader.sessions())) == len(list(reader.events())) == 4
    reader.close()


def test_whoever_comes_second_waits_and_finds_everything_done(url: str, postgres: Server) -> None:
    first = psycopg.connect(ServerAddress(url).url, autocommit=True)
    first.execute(migrations.ALONE.replace("_xact", ""))
    second = Thread(target=lambda: open_writer(url).close())
    second.start()
    until(lambda: postgres.ask("SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"))
    assert postgres.ask(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema_of(url)}'") == []
    first.close()
    second.join(60)
    assert postgres.ask(f"SELECT schema FROM {schema_of(url)}.ledger") == [(SCHEMA_VERSION,)]


def test_a_making_that_fails_leaves_nothing(url: str, postgres: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken() -> list[str]:
        return ["CREATE TABLE ledger (schema bigint)", "no SQL"]

    monkeypatch.setattr(migrations, "MIGRATIONS", (broken,))
    with pytest.raises(LedgerError, match="syntax error"):
        open_writer(url)
    assert postgres.ask(f"SELECT 1 FROM pg_namespace WHERE nspname = '{schema_of(url)}'") == []
    monkeypatch.undo()
    open_writer(url).close()


def test_somebody_elses_tables_are_left_alone(url: str, postgres: Server) -> None:
    postgres.ask(f"CREATE SCHEMA {schema_of(url)}")
    postgres.ask(f"CREATE TABLE {schema_of(url)}.sessions (id int)")
    with pytest.raises(LedgerError, match=r"no ledger of nightlatch.*\?schema="):
        open_writer(url)
    assert postgres.ask(f"SELECT count(*) FROM pg_tables WHERE schemaname = '{schema_of(url)}'") == [(1,)]


def test_an_empty_schema_that_somebody_made_for_it_is_used(url: str, postgres: Server) -> None:
    """Whoever may not make schemas is given one."""
    name = schema_of(url)
    postgres.ask(f"CREATE ROLE {name} LOGIN")
    with pytest.raises(LedgerError, match="grant it the schema"):
        open_writer(url.replace("nightlatch@", f"{name}@"))
    postgres.ask(f"CREATE SCHEMA {name} AUTHORIZATION {name}")
    open_writer(url.replace("nightlatch@", f"{name}@")).close()


@pytest.mark.parametrize("opening", [open_reader, open_writer])
def test_one_of_a_newer_nightlatch_is_refused(url: str, postgres: Server, opening: object) -> None:
    open_writer(url).close()
    postgres.ask(f"UPDATE {schema_of(url)}.ledger SET schema = {SCHEMA_VERSION + 1}")
    with pytest.raises(LedgerError, match=r"newer nightlatch.*Upgrade"):
        opening(url)  # type: ignore[operator]  # one of the two above


def test_a_reader_asks_for_one_of_an_older_to_be_brought_up(url: str, postgres: Server) -> None:
    open_writer(url).close()
    postgres.ask(f"UPDATE {schema_of(url)}.ledger SET schema = {SCHEMA_VERSION - 1}")
    with pytest.raises(LedgerError, match=r"older schema.*nightlatch run"):
        open_reader(url)


def test_a_database_that_cannot_hold_every_text_is_refused(postgres: Server) -> None:
    postgres.ask("CREATE DATABASE latin ENCODING 'LATIN1' TEMPLATE template0")
    url = postgres.url("latin").replace("/postgres?", "/latin?")
    with pytest.raises(LedgerError, match="UTF8"):
        open_writer(url)
    postgres.ask("DROP DATABASE latin")
