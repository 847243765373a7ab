import sqlite3
from pathlib import Path

import pytest
from tests.ledger.samples import T0, a_trail, an_event

from nightlatch.core.events import canonical, chain_hash
from nightlatch.ledger.chain import Misfit, verify_chain
from nightlatch.ledger.checkpoints import against_chain
from nightlatch.ledger.port import LedgerReader, LedgerWriter


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return a_trail(tmp_path / "ledger.db", 5)


def hashes(reader: LedgerReader) -> dict[int, str]:
    return {link.id: link.hash for link in reader.links()}


def test_a_chain_fits_its_own_checkpoints(reader: LedgerReader, writer: LedgerWriter) -> None:
    kept = hashes(reader)
    writer.record([an_event()])
    assert [against_chain(reader, key, link) for key, link in kept.items()] == [None] * 5
    assert against_chain(reader, 3, kept[4]) == Misfit(3, "it is not the event that a checkpoint knows")


def test_a_tail_that_was_cut_off_without_a_trace_is_noticed(
    tmp_path: Path, reader: LedgerReader, writer: LedgerWriter
) -> None:
    kept = hashes(reader)
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    connection.execute("DELETE FROM events WHERE id > 3")
    connection.execute("UPDATE sqlite_sequence SET seq = 3 WHERE name = 'events'")
    assert verify_chain(reader) is None, "the chain alone cannot show it"
    assert against_chain(reader, 5, kept[5]) == Misfit(5, "it is missing, and a checkpoint knows it")
    connection.close()


def test_a_chain_that_was_forged_as_a_whole_is_noticed(
    tmp_path: Path, reader: LedgerReader, writer: LedgerWriter
) -> None:
    kept = hashes(reader)
    connection = sqlite3.connect(tmp_path / "ledger.db", isolation_level=None)
    prev = "0" * 64
    for number in range(5):
        payload = canonical(an_event(at=T0 + number, session=f"s{number}", subject="mallory"))
        link = chain_hash(prev, payload)
        row = (payload, prev, link, number + 1)
        connection.execute("UPDATE events SET subject = 'mallory', payload = ?, prev = ?, hash = ? WHERE id = ?", row)
        prev = link
    assert verify_chain(reader) is None, "the chain alone cannot show it"
    assert against_chain(reader, 2, kept[2]) == Misfit(2, "it is not the event that a checkpoint knows")
    connection.close()


def test_after_pruning_the_base_is_still_known(reader: LedgerReader, writer: LedgerWriter) -> None:
    kept = hashes(reader)
    writer.prune(3, T0, "v1")
    assert against_chain(reader, 3, kept[3]) is None and against_chain(reader, 1, "anything") is None
    assert against_chain(reader, 3, kept[2]) is not None
