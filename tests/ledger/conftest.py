"""A ledger with one session in it (a module may have another `path`), open for reading, writing, writing behind."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.ledger.gate import Gate
from tests.ledger.postgres.server import postgres as postgres
from tests.ledger.samples import a_session

from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import LedgerReader, LedgerWriter
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [])
    writer.close()
    return path


@pytest.fixture
def writer(path: Path) -> Iterator[LedgerWriter]:
    writer = open_writer(path)
    yield writer
    writer.close()


@pytest.fixture
def reader(path: Path) -> Iterator[LedgerReader]:
    reader = open_reader(path)
    yield reader
    reader.close()


@pytest.fixture
def gates() -> list[Gate]:
    return []


@pytest.fixture
def behind(path: Path, gates: list[Gate]) -> Iterator[WriteBehind]:
    """Write-behind that flushes at once."""

    def opened() -> LedgerWriter:
        gates.append(Gate(path))
        return gates[0]

    behind = WriteBehind(opened, flush_every=0.005)
    behind.start()
    yield behind
    gates[0].open.set()
    behind.stop()
