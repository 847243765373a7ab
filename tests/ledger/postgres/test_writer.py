"""What is particular to writing PostgreSQL: one change at a time, the disk, other processes, lost connections."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.ledger.postgres.server import Server
from tests.ledger.postgres.stopped import backends, stopped
from tests.ledger.processes import at_once, said, workers
from tests.ledger.samples import T0, a_decision, a_session, an_event, logout

from nightlatch.core.events import EventType
from nightlatch.core.session import State
from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.chain import Misfit, verify_chain
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter, Touch
from nightlatch.ledger.postgres import opening
from nightlatch.ledger.postgres.connection import Connection, Patience


@pytest.fixture
def url(tmp_path: Path, postgres: Server) -> str:
    return f"{postgres.url(str(tmp_path))}&application_name={tmp_path.name}"


@pytest.fixture
def reader(url: str, writer: LedgerWriter) -> Iterator[LedgerReader]:
    reader = open_reader(url)
    yield reader
    reader.close()


@pytest.fixture
def foreign(url: str, writer: LedgerWriter) -> Iterator[psycopg.Connection]:
    """Somebody else's connection."""
    address = ServerAddress(url)
    connection = psycopg.connect(address.url.partition("&app")[0], options=f"-csearch_path={address.schema}")
    yield connection
    connection.close()


def connection_of(writer: LedgerWriter) -> Connection:
    return writer._connection  # type: ignore[attr-defined,no-any-return]  # PostgreSQL's


def test_what_is_durable_waits_for_the_disk_and_only_that(
    writer: LedgerWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[object] = []
    execute, many = Connection.execute, Connection.executemany

    def noted(connection: Connection) -> Connection:
        seen.append(execute(connection, "SHOW synchronous_commit").fetchone()[0])
        return connection

    monkeypatch.setattr(Connection, "execute", lambda self, *rest: execute(noted(self), *rest))
    monkeypatch.setattr(Connection, "executemany", lambda self, *rest: many(noted(self), *rest))
    writer.create(a_session(), b"f1", [an_event()])
    writer.end("s1", logout(T0), an_event())
    assert set(seen) == {"on"}
    seen.clear()
    writer.touch([Touch("s1", T0, 0, T0)])
    writer.log([a_decision("d1")])
    assert set(seen) == {"off"}
    seen.clear()
    writer.record([an_event()])
    assert set(seen) == {"on"}


def test_a_change_that_is_taken_back_leaves_no_gap(reader: LedgerReader, writer: LedgerWriter) -> None:
    writer.create(a_session(), b"f1", [an_event()])
    for _ in range(3):
        assert not writer.create(a_session("s2"), b"f1", [an_event()])
        with pytest.raises(LedgerError):
            writer.create(a_session("s1"), b"f2", [an_event()])
        with pytest.raises(TypeError):
            writer.record([an_event(), an_event(detail={"why": object()})])
    writer.record([an_event(), an_event()])
    assert [event.id for event in reader.events()] == [1, 2, 3] and reader.last_link() == 3
    assert verify_chain(reader) is None


def test_events_cut_off_the_end_are_missed(
    reader: LedgerReader, writer: LedgerWriter, foreign: psycopg.Connection
) -> None:
    writer.record([an_event()] * 5)
    foreign.execute("DELETE FROM events WHERE id > 3")
    foreign.commit()
    assert verify_chain(reader) == Misfit(4, "it is missing, and so are all after it")
    writer.record([an_event()])
    assert [event.id for event in reader.events(after=3)] == [6], "and no later one takes their place"
    assert verify_chain(reader) == Misfit(4, "it is missing")


def test_whoever_holds_the_ledger_is_waited_for_and_then_named(
    reader: LedgerReader, writer: LedgerWriter, foreign: psycopg.Connection, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    monkeypatch.setattr(opening, "WRITING", Patience(2, 0.05))
    hasty = open_writer(url)
    hasty.create(a_session(), b"f1", [an_event()])
    foreign.execute("UPDATE ledger SET commits = commits")
    with pytest.raises(LedgerError, match=r"locked by another program"):
        hasty.end("s1", logout(T0), an_event())
    found = reader.find(b"f1")
    assert found is not None and found.session.state is State.ACTIVE, "reading waits for nobody"
    foreign.rollback()
    assert hasty.end("s1", logout(T0), an_event())
    hasty.close()


def test_a_connection_that_was_lost_meanwhile_is_made_anew(
    reader: LedgerReader, writer: LedgerWriter, postgres: Server, tmp_path: Path
) -> None:
    for number in range(2):
        postgres.ask(
            f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{tmp_path.name}'"
        )
        assert writer.create(a_session(f"s{number}"), str(number).encode(), [an_event()])
    with pytest.raises(LedgerError):
        reader.version()
    assert len(reader.sessions()) == 2


def test_one_that_stands_still_fails_the_change_and_the_next_goes_through(
    url: str, writer: LedgerWriter, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(opening, "WRITING", Patience(0.3, 0.1))
    writer.close()
    hasty = open_writer(url)
    hasty.create(a_session(), b"f1", [])
    with stopped(backends(postgres, tmp_path.name)):
        with pytest.raises(LedgerError, match="does not answer"):
            hasty.end("s1", logout(T0), an_event())
        assert hasty.end("s1", logout(T0), an_event())
    reader = open_reader(url)
    assert len(list(reader.events())) == 1 and verify_chain(reader) is None
    reader.close()
    hasty.close()


def test_of_two_processes_that_end_a_session_one_wins(url: str, reader: LedgerReader, writer: LedgerWriter) -> None:
    writer.create(a_session(), b"f1", [])
    with workers(*[("end", url, "s1")] * 2) as started:
        assert sorted(at_once(started)) == ["False", "True"]
    assert len(list(reader.events(types=[EventType.SESSION_ENDED]))) == 1


def test_three_processes_write_at_once_without_an_error(url: str, reader: LedgerReader, writer: LedgerWriter) -> None:
    with workers(*[("mix", url, name, "100") for name in "abc"]) as started:
        assert [said(process) for process in started] == ["done"] * 3
    assert verify_chain(reader) is None
    assert reader.facts().events == reader.last_link() > 100


def test_no_acknowledged_end_is_lost_when_the_process_is_killed(
    url: str, reader: LedgerReader, writer: LedgerWriter
) -> None:
    with workers(("ends", url)) as (process,):
        assert process.stdout is not None
        acknowledged = [process.stdout.readline().strip() for _ in range(30)]
        process.kill()
        out, _ = process.communicate()
        acknowledged += out.split("\n")[:-1]
    writer.record([an_event()])  # which waits until what the process was at is taken back
    ended = {session.id for session in reader.sessions(state=State.ENDED)}
    assert set(acknowledged) <= ended and len(ended) - len(set(acknowledged)) <= 1
    assert verify_chain(reader) is None
