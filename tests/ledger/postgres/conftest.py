"""A ledger on the server of the test run, and its two halves."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.postgres.server import Server

from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerReader, LedgerWriter


@pytest.fixture
def url(tmp_path: Path, postgres: Server) -> str:
    return postgres.url(str(tmp_path))


@pytest.fixture
def writer(url: str) -> Iterator[LedgerWriter]:
    writer = open_writer(url)
    yield writer
    writer.close()


@pytest.fixture
def reader(url: str, writer: LedgerWriter) -> Iterator[LedgerReader]:
    reader = open_reader(url, on_loop=True)
    yield reader
    reader.close()
