"""A ledger under test, opened twice: to read and to write."""

from abc import ABC, abstractmethod
from collections.abc import Iterator
from pathlib import Path

import pytest

from nightlatch.ledger.port import LedgerReader, LedgerWriter


class Opened(ABC):
    """A subclass opens readers and writers of the ledger that lives in a folder."""

    @abstractmethod
    def open_reader(self, folder: Path) -> LedgerReader: ...

    @abstractmethod
    def open_writer(self, folder: Path) -> LedgerWriter: ...

    @pytest.fixture
    def writer(self, tmp_path: Path) -> Iterator[LedgerWriter]:
        writer = self.open_writer(tmp_path)
        yield writer
        writer.close()

    @pytest.fixture
    def reader(self, tmp_path: Path, writer: LedgerWriter) -> Iterator[LedgerReader]:
        reader = self.open_reader(tmp_path)
        yield reader
        reader.close()
