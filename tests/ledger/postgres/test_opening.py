"""A ledger in a database that is not there yet, and who may use one."""

from pathlib import Path

import pytest
from tests.ledger.postgres.server import Server

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError


def test_a_reader_makes_none(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path))
    with pytest.raises(LedgerError, match=r"There is no ledger at .*nightlatch run UPSTREAM"):
        open_reader(url)
    assert postgres.ask(f"SELECT 1 FROM pg_namespace WHERE nspname = '{ServerAddress(url).schema}'") == []


def test_ledgers_in_one_database_are_apart(tmp_path: Path, postgres: Server) -> None:
    one, two = postgres.url("one" + str(tmp_path)), postgres.url("two" + str(tmp_path))
    for url in (one, two):
        open_writer(url).close()
    first, second = open_reader(one), open_reader(two)
    assert first.key() != second.key()
    first.close()
    second.close()


def test_others_in_the_database_cannot_read_it(tmp_path: Path, postgres: Server) -> None:
    url = postgres.url(str(tmp_path))
    open_writer(url).close()
    name = ServerAddress(url).schema
    postgres.ask(f"CREATE ROLE other_{name} LOGIN")
    with pytest.raises(LedgerError, match=r"There is no ledger|grant it the schema"):
        open_reader(postgres.url(str(tmp_path), user=f"other_{name}"))
