"""Every ledger keeps the port's promises: the contract suite, on each of them."""

from pathlib import Path

from tests.ledger.contract import LedgerContract

from nightlatch.ledger.port import LedgerReader, LedgerWriter
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


class TestSqlite(LedgerContract):
    """SQLite in WAL mode."""

    def open_reader(self, folder: Path) -> LedgerReader:
        return open_reader(folder / "ledger.db")

    def open_writer(self, folder: Path) -> LedgerWriter:
        return open_writer(folder / "ledger.db")
