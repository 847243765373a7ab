"""Writing behind on a ledger that cannot be written."""

import sqlite3
from pathlib import Path

import pytest
from tests.ledger.gate import TOUCHED, Gate, stored, until
from tests.ledger.samples import T0, a_decision, a_session, an_event, logout

from nightlatch.core.session import touched
from nightlatch.ledger import behind as module
from nightlatch.ledger import files
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter, Overtaken
from nightlatch.ledger.writer import open_writer


def test_a_locked_ledger_is_told_and_nothing_is_lost(
    path: Path, reader: LedgerReader, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WRITE_WAIT", 0.01)
    behind = WriteBehind(lambda: open_writer(path), flush_every=0.005)
    behind.start()
    foreign = sqlite3.connect(path, isolation_level=None)
    foreign.execute("BEGIN IMMEDIATE")
    behind.touch(TOUCHED)
    behind.log(a_decision("d1"))
    until(lambda: behind.failure is not None)
    with pytest.raises(LedgerError, match="locked by another program"):
        behind.submit(lambda writer: writer.end("s1", logout(T0), an_event())).result(10)
    assert behind.failure is not None
    assert "ledger.db is locked" in behind.failure
    assert behind.overlay(a_session()) == TOUCHED
    later = touched(TOUCHED, T0 + 60)
    behind.touch(later)
    foreign.execute("ROLLBACK")
    foreign.close()
    until(lambda: behind.failure is None)
    until(lambda: stored(reader) == later)
    until(lambda: reader.decision("d1"))
    behind.stop()


def test_a_touch_that_came_while_an_older_one_failed_wins(
    behind: WriteBehind, gates: list[Gate], reader: LedgerReader
) -> None:
    later = touched(TOUCHED, T0 + 60)
    gates[0].open.clear()
    behind.touch(TOUCHED)
    assert gates[0].asked.wait(10)
    behind.touch(later)
    gates[0].error = LedgerError("disk full")
    gates[0].open.set()
    until(lambda: behind.failure is not None)
    gates[0].error = None
    until(lambda: behind.failure is None)
    assert stored(reader) == later


def test_a_guard_that_refuses_everything_learns_that_it_need_not(behind: WriteBehind, gates: list[Gate]) -> None:
    def failing(_: LedgerWriter) -> None:
        raise LedgerError("disk full")

    gates[0].open.clear()
    with pytest.raises(LedgerError, match="disk full"):
        behind.submit(failing).result(10)
    assert behind.failure == "disk full"
    gates[0].open.set()
    until(lambda: behind.failure is None)
    assert gates[0].order[0] == "probe"


def test_one_who_was_overtaken_has_found_nothing_amiss(behind: WriteBehind, gates: list[Gate]) -> None:
    """While there is a failure every request is refused: nobody else is to pay for two who moved the clock at once."""

    def overtaken(_: LedgerWriter) -> None:
        raise Overtaken("moved by somebody else")

    with pytest.raises(Overtaken, match="moved by somebody else"):
        behind.submit(overtaken).result(10)
    assert behind.failure is None and behind.overcome() is None
    assert gates[0].order == []


def test_a_mistake_of_the_ledger_is_told_too(behind: WriteBehind, gates: list[Gate], reader: LedgerReader) -> None:
    gates[0].error = ZeroDivisionError("a bug")
    behind.touch(TOUCHED)
    behind.log(a_decision("d1"))
    until(lambda: behind.failure is not None)
    assert "a bug" in str(behind.failure)
    gates[0].error = None
    until(lambda: stored(reader) == TOUCHED)
    until(lambda: behind.failure is None)


def test_the_log_does_not_grow_without_bound(behind: WriteBehind, gates: list[Gate]) -> None:
    gates[0].error = LedgerError("locked")
    for number in range(module.DECISIONS_WAITING + 50):
        behind.log(a_decision(f"d{number}"))
    until(lambda: behind.failure is not None)
    with behind._changed:
        assert len(behind._batch.decisions) <= module.DECISIONS_WAITING
    gates[0].error = None
    until(lambda: behind.failure is None)


def test_a_thread_that_dies_says_so(behind: WriteBehind, monkeypatch: pytest.MonkeyPatch) -> None:
    def dies() -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(behind, "_let_go", dies)
    with pytest.raises(LedgerError, match=r"thread ended by mistake: RuntimeError\('a bug'\)"):
        for _ in range(3):
            behind.submit(lambda writer: writer.probe()).result(10)
    until(lambda: behind.failure is not None)
    assert "Restart nightlatch" in str(behind.failure)
    with pytest.raises(LedgerError, match="Restart nightlatch"):
        behind.submit(lambda writer: writer.probe()).result(10)
