"""Servers that are harmed: what is harmed, and that they are there again afterwards."""

import contextlib
import random
from collections.abc import Iterator

import psycopg
import pytest
from scripts.stress.own_server import CRASHED, CUT, STOPPED, OwnTarget, Target, target
from tests.ledger.postgres.server import Server, a_server
from tests.ledger.postgres.server import postgres as postgres

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer


@pytest.fixture
def own() -> Iterator[Target]:
    with target(None, "harmed") as found:
        open_writer(found.url).close()
        yield found


@pytest.mark.parametrize("way", [STOPPED, CRASHED, CUT])
def test_every_connection_is_lost_and_the_server_is_back(own: Target, way: str) -> None:
    assert way in own.WAYS
    told = list[str]()

    def meanwhile() -> None:
        with pytest.raises(psycopg.OperationalError):
            own.connect()
        told.append("down")

    with contextlib.closing(own.connect()) as held:
        own.harm(way, random.Random(1), meanwhile)
        with pytest.raises(psycopg.OperationalError):
            held.execute("SELECT 1")
    open_reader(own.url).close()
    assert told == (["down"] if way == STOPPED else [])


def test_its_server_waits_for_its_disk(own: Target) -> None:
    asked = ("fsync", "full_page_writes", "synchronous_commit")
    assert [own.ask(f"SHOW {name}")[0][0] for name in asked] == ["on", "on", "on"]


def test_somebodys_server_gets_a_schema_that_goes_again(postgres: Server) -> None:
    url = postgres.url("somebody")
    with target(url, "guard") as found:
        assert not isinstance(found, OwnTarget) and ServerAddress(found.url).schema == "crash_guard"
        open_writer(found.url).close()
        assert postgres.ask("SELECT 1 FROM pg_namespace WHERE nspname = 'crash_guard'") == [(1,)]
    assert postgres.ask("SELECT 1 FROM pg_namespace WHERE nspname = 'crash_guard'") == []


def test_of_somebodys_server_only_the_own_connections_are_cut() -> None:
    with a_server() as server:
        server.ask("CREATE ROLE guardian LOGIN")
        server.ask("GRANT CREATE ON DATABASE postgres TO guardian")
        with (
            target(server.url("x", "guardian"), "guard") as found,
            psycopg.connect(server.superuser) as others,
            contextlib.closing(found.connect()) as mine,
        ):
            found.harm(CUT, random.Random(1), lambda: None)
            assert others.execute("SELECT 1").fetchone() == (1,)
            with pytest.raises(psycopg.OperationalError):
                mine.execute("SELECT 1")
