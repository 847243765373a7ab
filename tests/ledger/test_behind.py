import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.ledger.samples import T0, a_decision, a_session, an_event, logout

from nightlatch.core.session import ended, reauthenticated, touched
from nightlatch.ledger import behind as module
from nightlatch.ledger import files
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter, Touch
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

TOUCHED = touched(a_session(), T0 + 5)


class Gate:
    """A writer whose touches, probes and log can be held up or made to fail; durable work always goes through."""

    def __init__(self, path: Path) -> None:
        self.writer = open_writer(path)
        self.open, self.asked, self.probed = threading.Event(), threading.Event(), threading.Event()
        self.open.set()
        self.error: Exception | None = None
        self.order: list[str] = []

    def touch(self, touches: Iterable[Touch]) -> None:
        self._pass("touch")
        self.writer.touch(touches)
        self.landed()

    def log(self, decisions: Any) -> None:
        self._pass("log")
        self.writer.log(decisions)

    def probe(self) -> None:
        self._pass("probe")
        self.writer.probe()

    def _pass(self, what: str) -> None:
        self.order.append(what)
        self.asked.set()
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error

    def landed(self) -> None:
        """Called when touches are committed and nobody has been told yet."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.writer, name)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "ledger.db"
    writer = open_writer(path)
    writer.create(a_session(), b"f1", [])
    writer.close()
    return path


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


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that a thread brings about."""
    tick = threading.Event()
    for _ in range(4000):
        if condition():
            return
        tick.wait(0.0025)
    raise AssertionError("it never happened")


def stored(reader: LedgerReader) -> object:
    return reader.session("s1")


# Activity


def test_a_touch_is_seen_at_once_and_written_soon(behind: WriteBehind, reader: LedgerReader) -> None:
    behind.touch(TOUCHED)
    assert behind.overlay(a_session()) == TOUCHED
    until(lambda: stored(reader) == TOUCHED)
    assert behind.overlay(a_session()) == TOUCHED
    assert behind.failure is None


def test_a_touch_is_on_disk_within_250_milliseconds(path: Path) -> None:
    behind = WriteBehind(lambda: open_writer(path))
    assert behind._pause + 0.05 <= 0.25
    behind.start()
    behind.stop()


def test_without_touches_the_very_same_object_comes_back(behind: WriteBehind) -> None:
    session = a_session("s2")
    behind.touch(TOUCHED)
    assert behind.overlay(session) is session


def test_the_latest_touch_wins(behind: WriteBehind, reader: LedgerReader) -> None:
    last = a_session()
    for at in range(1, 200):
        last = touched(last, T0 + at * at)
        behind.touch(last)
        assert behind.overlay(a_session()) == last
    until(lambda: stored(reader) == last)


def test_a_touch_is_not_lost_between_a_read_and_the_commit(
    behind: WriteBehind, gates: list[Gate], reader: LedgerReader
) -> None:
    before = reader.session("s1")
    assert before is not None
    gates[0].open.clear()
    behind.touch(TOUCHED)
    assert gates[0].asked.wait(10)  # on its way to the disk, no longer pending
    assert behind.overlay(before) == TOUCHED
    gates[0].landed = lambda: gates[0].order.append("landed")  # type: ignore[method-assign] # a spy
    gates[0].open.set()
    until(lambda: "landed" in gates[0].order)
    assert behind.overlay(before) == TOUCHED


def test_durable_work_in_plenty_does_not_make_it_forget_a_touch(path: Path, reader: LedgerReader) -> None:
    before = reader.session("s1")
    assert before is not None
    slow = WriteBehind(lambda: open_writer(path), flush_every=60)
    slow.start()
    slow.touch(TOUCHED)
    for _ in range(50):
        slow.submit(lambda writer: writer.record([an_event()])).result(10)
    assert stored(reader) == TOUCHED
    assert slow.overlay(before) == TOUCHED
    slow.stop()


def test_touches_are_forgotten_in_the_end(behind: WriteBehind) -> None:
    for number in range(20):
        behind.touch(touched(a_session(f"s{number}"), T0 + number))
    until(lambda: not behind._held)
    session = a_session()
    assert behind.overlay(session) is session
    assert not behind._landed


def test_a_newer_touch_is_not_forgotten_with_an_older_one(behind: WriteBehind, gates: list[Gate]) -> None:
    behind.touch(TOUCHED)
    until(lambda: behind._landed)
    later = touched(TOUCHED, T0 + 60)
    gates[0].open.clear()
    behind.touch(later)
    behind._pauses += 1000  # as though it had rested for long
    behind._let_go()
    assert behind.overlay(a_session()) == later


def test_an_ended_session_is_neither_revived_nor_altered(behind: WriteBehind, reader: LedgerReader) -> None:
    behind.touch(touched(a_session(), T0 + 999))
    over = ended(a_session(), logout(T0 + 3))
    assert behind.overlay(over) is over
    behind.submit(lambda writer: writer.end("s1", logout(T0 + 3), an_event())).result(10)
    behind.touch(touched(a_session(), T0 + 2000))
    until(lambda: not behind._batch.touched)
    behind.stop()
    assert stored(reader) == ended(touched(a_session(), T0 + 999), logout(T0 + 3))


def test_a_fresh_login_is_not_undone_by_the_touch_before_it(behind: WriteBehind, reader: LedgerReader) -> None:
    behind.touch(TOUCHED)
    assert behind.submit(lambda writer: writer.reauthenticate("s1", b"f1", b"f2", T0 + 6, [])).result(10)
    now = reader.session("s1")
    assert now == reauthenticated(TOUCHED, T0 + 6)
    assert behind.overlay(now) == now


# Durable work


def test_durable_work_comes_after_the_touches_before_it(behind: WriteBehind, reader: LedgerReader) -> None:
    behind.touch(TOUCHED)
    assert behind.submit(lambda writer: writer.end("s1", logout(T0 + 9), an_event())).result(10) is True
    assert stored(reader) == ended(TOUCHED, logout(T0 + 9))


def test_durable_work_does_not_wait_for_the_flush(path: Path) -> None:
    slow = WriteBehind(lambda: open_writer(path), flush_every=600)
    slow.start()
    assert slow.submit(lambda writer: writer.end("s1", logout(T0), an_event())).result(10)
    slow.touch(TOUCHED)
    assert not slow.submit(lambda writer: writer.end("s1", logout(T0), an_event())).result(10)
    slow.stop()


def test_work_is_done_in_order(behind: WriteBehind) -> None:
    seen: list[int] = []
    futures = [behind.submit(lambda _, n=number: seen.append(n)) for number in range(50)]  # type: ignore[misc] # n bound now
    for future in futures:
        future.result(10)
    assert seen == list(range(50))


def test_a_client_who_hangs_up_does_not_undo_an_end(behind: WriteBehind, gates: list[Gate]) -> None:
    gates[0].open.clear()
    behind.touch(TOUCHED)
    assert gates[0].asked.wait(10)
    future = behind.submit(lambda writer: writer.end("s1", logout(T0), an_event()))
    assert not future.cancel()
    gates[0].open.set()
    assert future.result(10) is True


def test_a_mistake_in_the_work_is_the_callers(behind: WriteBehind) -> None:
    def wrong(_: LedgerWriter) -> None:
        raise SystemExit("a mistake")

    with pytest.raises(SystemExit):
        behind.submit(wrong).result(10)
    assert behind.failure is None
    behind.submit(lambda writer: writer.probe()).result(10)


# Failure


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


# Start and stop


def test_a_ledger_that_cannot_be_opened_is_told_at_the_start(tmp_path: Path) -> None:
    behind = WriteBehind(lambda: open_writer(tmp_path))
    with pytest.raises(LedgerError, match="is a folder"):
        behind.start()
    with pytest.raises(LedgerError, match="not open"):
        behind.submit(lambda writer: writer.probe()).result(1)
    behind.stop()


def test_stopping_writes_what_is_pending_and_refuses_the_rest(path: Path, reader: LedgerReader) -> None:
    behind = WriteBehind(lambda: open_writer(path), flush_every=600)
    behind.start()
    behind.touch(TOUCHED)
    behind.log(a_decision("d1"))
    done = behind.submit(lambda writer: writer.mark_issuer("site", "sid"))
    behind.stop()
    assert done.result(0) is None
    assert stored(reader) == TOUCHED
    assert reader.decision("d1") is not None
    assert behind.failure is None
    with pytest.raises(LedgerError, match="closed"):
        behind.submit(lambda writer: writer.probe()).result(1)
    behind.stop()


def test_stopping_on_a_broken_ledger_ends_and_tells(behind: WriteBehind, gates: list[Gate]) -> None:
    gates[0].error = LedgerError("disk full")
    behind.touch(TOUCHED)
    behind.stop()
    assert behind.failure == "disk full"
