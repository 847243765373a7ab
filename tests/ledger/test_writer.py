"""What is particular to writing SQLite: locks, power cuts, other processes."""

import sqlite3
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path

import pytest
from tests.ledger.processes import at_once, said, workers
from tests.ledger.samples import SECOND, SITE, T0, a_decision, a_guard, a_session, an_event, logout

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import State
from nightlatch.core.warp import Segment
from nightlatch.ledger import changes as module
from nightlatch.ledger import files
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerError, LedgerWriter, Touch
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


CHANGES: list[Callable[[LedgerWriter], object]] = [
    lambda writer: writer.create(a_session("s2"), b"f2", [an_event()]),
    lambda writer: writer.end("s1", logout(T0), an_event()),
    lambda writer: writer.end_all(SITE, logout(T0), "v1"),
    lambda writer: writer.touch([Touch("s1", T0 + 5, 5, T0)]),
    lambda writer: writer.rotate("s1", b"f1", b"f2", T0, T0, an_event()),
    lambda writer: writer.attach("s1", b"f2", T0, an_event()),
    lambda writer: writer.reauthenticate("s1", b"f1", b"f2", T0, [an_event()]),
    lambda writer: writer.record([an_event()]),
    lambda writer: writer.log([a_decision("d1")]),
    lambda writer: writer.mark_issuer(SITE, "sid"),
    lambda writer: writer.warp(Segment(T0, T0 + SECOND), an_event()),
    lambda writer: writer.reset(T0, an_event()),
    lambda writer: writer.policy("default", "v1", "", T0),
    lambda writer: writer.announce(a_guard("http://127.0.0.1:1")),
    lambda writer: writer.probe(),
]


def content(path: Path) -> list[str]:
    connection = sqlite3.connect(path)
    dump = list(connection.iterdump())
    connection.close()
    return dump


def test_a_ledger_that_somebody_locks_is_unusable_and_then_usable_again(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "WRITE_WAIT", 0.01)
    writer, foreign = open_writer(path), sqlite3.connect(path, isolation_level=None)
    writer.create(a_session(), b"f1", [])
    before = content(path)
    foreign.execute("BEGIN IMMEDIATE")
    for change in CHANGES:
        with pytest.raises(LedgerError, match=r"ledger.db is locked by another program"):
            change(writer)
    foreign.execute("ROLLBACK")
    foreign.close()
    assert content(path) == before
    for change in CHANGES:
        change(writer)
    writer.close()


def test_nobody_comes_between_the_last_event_and_the_next(path: Path, writer: LedgerWriter) -> None:
    foreign = sqlite3.connect(path, isolation_level=None, timeout=0)

    def event_while_another_writes() -> Iterator[Event]:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            foreign.execute("DELETE FROM events")
        yield an_event()

    writer.record(event_while_another_writes())
    foreign.close()


def test_a_lock_is_not_waited_for_longer_than_a_request_may_take() -> None:
    assert files.WRITE_WAIT <= 1
    assert files.READ_WAIT <= 0.1


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_that_fails_half_way_leaves_nothing(
    path: Path, writer: LedgerWriter, change: Callable[[LedgerWriter], object]
) -> None:
    writer.create(a_session(), b"f1", [])
    foreign = sqlite3.connect(path, isolation_level=None)
    for table, verb in (("events", "INSERT"), ("sessions", "UPDATE"), ("decisions", "INSERT"), ("issuers", "INSERT")):
        foreign.execute(f"CREATE TRIGGER no_{table} AFTER {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END")
    for table, verb in (("policies", "INSERT"), ("guards", "INSERT"), ("settings", "UPDATE")):
        foreign.execute(f"CREATE TRIGGER no_{table} AFTER {verb} ON {table} BEGIN SELECT RAISE(ABORT, 'no'); END")
    foreign.close()
    before = content(path)
    with pytest.raises(LedgerError, match="not usable"):
        change(writer)
    assert content(path) == before


def test_a_mistake_in_the_caller_leaves_nothing(path: Path, writer: LedgerWriter) -> None:
    before = content(path)
    with pytest.raises(OverflowError):
        writer.record([an_event(), an_event(at=1 << 80)])
    with pytest.raises(TypeError):
        writer.create(a_session(), b"f1", [an_event(), an_event(detail={"why": object()})])
    assert content(path) == before
    writer.record([an_event()])


def test_what_is_durable_waits_for_the_disk(writer: LedgerWriter) -> None:
    def level() -> int:
        (found,) = writer._connection.execute("PRAGMA synchronous").fetchone()  # type: ignore[attr-defined] # SQLite's
        return int(found)

    for change in CHANGES:
        change(writer)
        behind = change in (CHANGES[3], CHANGES[8])
        assert level() == (1 if behind else 2)


@pytest.mark.parametrize("name", ["ledger.db-wal", "ledger.db-shm"])
def test_a_log_that_goes_away_is_noticed(path: Path, writer: LedgerWriter, name: str) -> None:
    writer.create(a_session(), b"f1", [])
    path.with_name(name).unlink()
    with pytest.raises(LedgerError, match="-wal or -shm"):
        writer.end("s1", logout(T0), an_event())


@pytest.mark.parametrize("how", ["removed", "replaced"])
def test_a_file_that_goes_away_is_noticed(path: Path, writer: LedgerWriter, how: str) -> None:
    writer.create(a_session(), b"f1", [])
    path.rename(path.with_name("elsewhere.db"))
    if how == "replaced":
        path.write_bytes(b"")
    with pytest.raises(LedgerError, match=r"ledger.db .* was removed or replaced while in use. Restart"):
        writer.end("s1", logout(T0), an_event())


def test_the_decision_log_is_bounded(path: Path, writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch) -> None:
    assert module.DECISIONS_KEPT == 50_000
    monkeypatch.setattr(module, "DECISIONS_KEPT", 10)
    for start in range(0, 28, 7):
        writer.log([a_decision(f"d{number}") for number in range(start, start + 7)])
    reader = open_reader(path)
    assert [decision.id for decision in reader.decisions("s1")] == [f"d{number}" for number in range(18, 28)]
    reader.close()


def test_no_credential_is_in_the_file(path: Path, writer: LedgerWriter) -> None:
    secret = "hunter2-" + "x" * 32  # what a client sent: only its fingerprint is ever handed over
    writer.create(a_session(), blake2b(secret.encode(), digest_size=32).digest(), [an_event()])
    writer.log([a_decision("d1")])
    files_of = list(path.parent.iterdir())
    assert len(files_of) == 3
    assert not [file for file in files_of if secret.encode() in file.read_bytes()]


def test_of_two_processes_that_end_a_session_one_wins(path: Path, writer: LedgerWriter) -> None:
    writer.create(a_session(), b"f1", [])
    with workers(*[("end", str(path), "s1")] * 2) as started:
        assert sorted(at_once(started)) == ["False", "True"]
    reader = open_reader(path)
    assert len(list(reader.events(types=[EventType.SESSION_ENDED]))) == 1
    reader.close()


def test_three_processes_write_at_once_without_an_error(path: Path, writer: LedgerWriter) -> None:
    with workers(*[("mix", str(path), name, "200") for name in "abc"]) as started:
        assert [said(process) for process in started] == ["done"] * 3
    reader = open_reader(path)
    assert verify_chain(reader) is None
    assert reader.facts().events > 200
    assert {*reader.facts().sessions} == {"active", "ended"}
    reader.close()


def test_no_acknowledged_end_is_lost_when_the_process_is_killed(path: Path, writer: LedgerWriter) -> None:
    with workers(("ends", str(path))) as (process,):
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(50)]
        process.kill()
        out, _ = process.communicate()
        acknowledged += out.split("\n")[:-1]
    reader = open_reader(path)
    ended = {session.id for session in reader.sessions(state=State.ENDED)}
    assert set(acknowledged) <= ended
    assert len(ended) - len(set(acknowledged)) <= 1
    assert verify_chain(reader) is None
    reader.close()
    writer.record([an_event()])
