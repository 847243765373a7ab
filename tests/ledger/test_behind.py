"""Writing behind: nothing is lost between memory and disk."""

from pathlib import Path

import pytest
from tests.ledger.gate import TOUCHED, Gate, stored, until
from tests.ledger.samples import T0, a_decision, a_session, an_event, logout

from nightlatch.core.session import ended, reauthenticated, touched
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.ledger.writer import open_writer

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


def test_a_failure_that_is_over_is_told_once_however_short_it_was(behind: WriteBehind, gates: list[Gate]) -> None:
    assert behind.overcome() is None
    gates[0].error = LedgerError("disk full")
    behind.touch(TOUCHED)
    until(lambda: behind.failure is not None)
    assert behind.overcome() is None, "it lasts"
    gates[0].error = None
    until(lambda: behind.failure is None)
    assert [behind.overcome(), behind.overcome()] == ["disk full", None]


def test_what_is_on_disk_is_let_go_of_though_durable_work_never_ends(path: Path) -> None:
    """A site where somebody logs in at every moment: what is held must not grow with every session."""
    behind = WriteBehind(lambda: open_writer(path), flush_every=0.01)
    behind.start()
    for number in range(3000):
        behind.touch(a_session(f"x{number}"))
        behind.submit(lambda writer: writer.probe()).result(10)
    held = len(behind._held)
    behind.stop()
    assert held < 1500


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
