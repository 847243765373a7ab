"""Every ledger keeps the port's promises: the contract suite, on each of them."""

from pathlib import Path

import pytest
from tests.ledger.contract import LedgerContract
from tests.ledger.postgres.server import Server

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerReader, LedgerWriter


class TestSqlite(LedgerContract):
    """SQLite in WAL mode."""

    def open_reader(self, folder: Path) -> LedgerReader:
        return open_reader(folder / "ledger.db")

    def open_writer(self, folder: Path) -> LedgerWriter:
        return open_writer(folder / "ledger.db")


class TestPostgres(LedgerContract):
    """A schema in a PostgreSQL database."""

    server: Server

    @pytest.fixture(autouse=True, scope="class")
    @classmethod
    def _at(cls, postgres: Server) -> None:
        cls.server = postgres

    def open_reader(self, folder: Path) -> LedgerReader:
        return open_reader(self.server.url(str(folder)))

    def open_writer(self, folder: Path) -> LedgerWriter:
        return open_writer(self.server.url(str(folder)))
