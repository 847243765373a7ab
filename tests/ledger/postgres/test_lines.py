"""How a connection comes back: never on the event loop, and by itself."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from tests.ledger.gate import until
from tests.ledger.postgres.server import Server, a_server
from tests.ledger.postgres.stopped import backends, stopped
from tests.ledger.samples import T0, a_session, an_event, logout

from nightlatch.core.session import State
from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerError, LedgerReader
from nightlatch.ledger.postgres.connection import Wire
from nightlatch.ledger.postgres.lines import LoopLine


@pytest.fixture
def url(tmp_path: Path, postgres: Server) -> str:
    url = f"{postgres.url(str(tmp_path))}&application_name={tmp_path.name}"
    writer = open_writer(url)
    writer.create(a_session(), b"f1", [an_event()])
    writer.close()
    return url


@pytest.fixture
def reader(url: str) -> Iterator[LedgerReader]:
    reader = open_reader(url, on_loop=True)
    yield reader
    reader.close()


def usable(reader: LedgerReader) -> bool:
    try:
        reader.still_there()
    except LedgerError:
        return False
    return reader.find(b"f1") is not None


def test_a_server_that_stands_still_costs_one_wait(
    reader: LedgerReader, postgres: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[float | None] = []
    wait = Wire.wait

    def counted(wire: Wire, *rest: Any) -> object:
        waits.append(wire.patience)
        return wait(wire, *rest)

    monkeypatch.setattr(Wire, "wait", counted)
    monkeypatch.setattr("nightlatch.ledger.postgres.lines.AGAIN", (60.0,))
    with stopped(backends(postgres, tmp_path.name)):
        with pytest.raises(LedgerError, match=r"does not answer.*comes back by itself"):
            reader.look(b"f1")
        assert len(waits) == 1 and waits[0] is not None and waits[0] < 1, "less than a second of the event loop"
        for ask in (lambda: reader.look(b"f1"), reader.still_there, reader.version):
            with pytest.raises(LedgerError, match="does not answer"):
                ask()
        assert len(waits) == 1, "the others are told at once"


def test_it_comes_back_by_itself(reader: LedgerReader, postgres: Server, tmp_path: Path) -> None:
    with stopped(backends(postgres, tmp_path.name)):
        with pytest.raises(LedgerError):
            reader.find(b"f1")
        until(lambda: usable(reader))
    assert usable(reader)


def test_whoever_may_wait_connects_anew_at_once(url: str, postgres: Server, tmp_path: Path) -> None:
    reader = open_reader(url)
    _end_all(postgres, tmp_path.name)
    reader.still_there()
    with pytest.raises(LedgerError):
        reader.find(b"f1")
    assert reader.find(b"f1") is not None
    reader.close()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("UPDATE {}.settings SET value = 'another' WHERE name = 'key'", "replaced while in use"),
        ("DROP SCHEMA {} CASCADE", "removed while in use"),
    ],
)
@pytest.mark.parametrize("on_loop", [True, False])
def test_another_ledger_in_its_place_is_none(
    url: str, postgres: Server, tmp_path: Path, change: str, told: str, on_loop: bool
) -> None:
    """Ends that were written into the one would never be seen in the other."""
    reader, writer = open_reader(url, on_loop=on_loop), open_writer(url)
    reader.find(b"f1")
    postgres.ask(change.format(url.partition("schema=")[2].partition("&")[0]))
    _end_all(postgres, tmp_path.name)

    def ask() -> str:
        with pytest.raises(LedgerError) as found:
            reader.find(b"f1")
        return str(found.value)

    until(lambda: told in ask())
    with pytest.raises(LedgerError, match=told):
        writer.end("s1", logout(T0), an_event())
    reader.close()
    writer.close()


class Fake:
    """A connection of which the test says whether it is open."""

    def __init__(self) -> None:
        self.is_open = True

    def execute(self, statement: str, values: object = ()) -> Any:
        raise psycopg.OperationalError("gone")

    def close(self) -> None:
        self.is_open = False


def test_one_that_is_closed_meanwhile_stays_closed() -> None:
    """Also where a new connection is under way just then."""
    made, dialling, go = list[Fake](), threading.Event(), threading.Event()

    def dial() -> Any:
        if made:
            dialling.set()
            assert go.wait(30)
        made.append(Fake())
        return made[-1]

    line = LoopLine(dial, ServerAddress("postgresql://db/app"))
    made[0].is_open = False
    with pytest.raises(psycopg.OperationalError):
        line.execute("SELECT 1")
    with pytest.raises(LedgerError, match="gone"):
        line.execute("SELECT 1")
    assert dialling.wait(30)
    line.close()
    go.set()
    until(lambda: len(made) == 2 and not made[1].is_open)


def test_after_a_crash_of_the_server_what_was_acknowledged_is_there(tmp_path: Path) -> None:
    """On a server that by itself would not wait for the disk."""
    with a_server(synchronous_commit="off", wal_writer_delay="10s") as server:
        url = server.url(str(tmp_path))
        writer, reader = open_writer(url), open_reader(url, on_loop=True)
        for number in range(20):
            assert writer.create(a_session(f"s{number}"), str(number).encode(), [an_event()])
            assert number % 2 or writer.end(f"s{number}", logout(T0 + 1), an_event())
        server.stop()
        with pytest.raises(LedgerError):
            reader.find(b"1")
        with pytest.raises(LedgerError, match=r"comes back by itself|start it again"):
            writer.probe()
        server.start()
        until(lambda: _back(reader.still_there))
        assert len(reader.sessions(state=State.ENDED)) == len(reader.sessions(state=State.ACTIVE)) == 10
        assert writer.end("s1", logout(T0 + 2), an_event())
        assert not writer.end("s2", logout(T0 + 2), an_event())
        writer.close()
        reader.close()


def _back(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except LedgerError:
        return False
    return True


def _end_all(server: Server, name: str) -> None:
    server.ask(f"SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name = '{name}'")


def test_a_table_that_is_locked_is_waited_for_once_and_comes_back(
    reader: LedgerReader, postgres: Server, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits: list[object] = []
    wait, here = Wire.wait, threading.current_thread()

    def counted(wire: Wire, *rest: Any) -> object:
        if threading.current_thread() is here:
            waits.append(wire)
        return wait(wire, *rest)

    address = ServerAddress(url)
    with psycopg.connect(address.url) as other:
        other.execute(f"LOCK {address.schema}.credentials IN ACCESS EXCLUSIVE MODE")
        monkeypatch.setattr(Wire, "wait", counted)
        with pytest.raises(LedgerError, match="locked by another program"):
            reader.look(b"f1")
        waits.clear()
        for _ in range(20):
            with pytest.raises(LedgerError, match="locked by another program"):
                reader.look(b"f1")
        assert waits == [], "what every request asks is asked by a thread meanwhile"
        other.rollback()
    until(lambda: usable(reader))


def test_what_only_somebody_asks_keeps_nobody_else_waiting(reader: LedgerReader, url: str) -> None:
    address = ServerAddress(url)
    with psycopg.connect(address.url) as other:
        other.execute(f"LOCK {address.schema}.alerts IN ACCESS EXCLUSIVE MODE")
        with pytest.raises(LedgerError, match="locked by another program"):
            reader.alerts()
        assert reader.look(b"f1")[1] is not None
