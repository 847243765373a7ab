"""Who does not say what they want loses the connection; who waits for an answer, or has one, does not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hpack.hpack import Encoder
from hyperframe.frame import ContinuationFrame, HeadersFrame, PingFrame
from mitmproxy import ctx
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy.events import DataReceived, Start
from mitmproxy.proxy.layers.http._http2 import Http2Server
from mitmproxy.proxy.server import ConnectionHandler
from mitmproxy.test.tflow import tclient_conn
from scripts.fuzzing.wire_corpus import frames
from scripts.fuzzing.wire_guard import context
from tests.proxy.http2_client import http2
from tests.proxy.running import Application, everything, guarding, serving, until

from nightlatch.proxy import open_connections
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.file_limit import open_files
from nightlatch.proxy.open_connections import MOST, OpenConnections, is_half_said, is_idle, room_for

ASKING = b"GET /favicon.ico HTTP/1.1\r\nHost: localhost:%d\r\n"
SECONDS = 100.0


@contextlib.asynccontextmanager
async def guarded(tmp_path: Path, confdir: Path, most: int | None = None) -> AsyncIterator[tuple[int, OpenConnections]]:
    """A guard that looks at its connections when it is told to; its port."""
    addon = Nightlatch()
    addon.open = OpenConnections(most=most)
    addon.open.look_now_and_then = _never  # type: ignore[method-assign,assignment]  # the test looks
    options = {"nightlatch_ledger": str(tmp_path / "ledger.db"), "nightlatch_policy": "default"}
    async with serving(Application()) as upstream, guarding(addon, upstream, confdir, options) as port:
        yield port, addon.open


async def _never(_: object) -> None:
    """In place of looking by the wall clock."""


def handlers() -> dict[object, ConnectionHandler]:
    found: dict[object, ConnectionHandler] = ctx.master.addons.get("proxyserver").connections
    return found


async def hang_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


async def _counted(number: int) -> None:
    await until(lambda: len(handlers()) == number, "the connection")


@pytest.mark.parametrize(
    ("said", "half"),
    [
        (b"", False),
        (b"G", True),
        (b"GET / HTTP/1.1\r\nHost: loc", True),
        (b"\x16\x03\x01", True),
        (b"\x16\x03\x01\x02\x00\x01\x00", True),
        (b"POST /favicon.ico HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe", False),
    ],
)
def test_half_a_request_is_waited_for_only_so_long(tmp_path: Path, confdir: Path, said: bytes, half: bool) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir) as (port, watch):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            await until(handlers, "the connection")
            if half:
                await until(lambda: any(map(is_half_said, handlers().values())), "the beginning")
            assert watch.look(handlers(), SECONDS) == 0
            assert watch.look(handlers(), SECONDS + 29) == 0
            assert watch.look(handlers(), SECONDS + 31) == int(half)
            if half:
                assert await everything(reader) == b""
            await hang_up(writer)

    asyncio.run(scenario())


def test_a_byte_now_and_then_does_not_help(tmp_path: Path, confdir: Path) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir) as (port, watch):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            for number, byte in enumerate(b"GET / HTTP/1.1\r\nHost: localhost\r\nX"):
                writer.write(bytes([byte]))
                await until(lambda: any(map(is_half_said, handlers().values())), "the byte")
                assert watch.look(handlers(), SECONDS + number) == int(number > 30)
                if number > 30:
                    break
            assert await everything(reader) == b""
            await hang_up(writer)

    asyncio.run(scenario())


def test_a_connection_between_two_requests_may_wait(tmp_path: Path, confdir: Path) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir) as (port, watch):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ASKING % port + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            async with http2(port) as client:
                stream = client.ask("/favicon.ico", "nobody")
                await until(lambda: stream in client.ended, "the answer")
                for seconds in (0, 40, 80):
                    assert watch.look(handlers(), SECONDS + seconds) == 0
                assert len(handlers()) == 2 and all(map(is_idle, handlers().values()))
            await hang_up(writer)

    asyncio.run(scenario())


def test_http2_that_never_comes_to_its_point(tmp_path: Path, confdir: Path) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir) as (port, watch), http2(port) as client:
            await until(lambda: [h for h in handlers().values() if h.client.alpn == b"h2"], "the connection")
            client._writer.write(b"\x00\x00\x05\x01\x00\x00\x00\x00\x01he")
            await until(lambda: any(map(is_half_said, handlers().values())), "half a frame")
            assert (watch.look(handlers(), SECONDS), watch.look(handlers(), SECONDS + 31)) == (0, 1)
            await until(lambda: client.hung_up, "the end")

    asyncio.run(scenario())


def test_when_there_are_too_many_the_longest_idle_goes(
    tmp_path: Path, confdir: Path, caplog: pytest.LogCaptureFixture
) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir, most=3) as (port, _):
            opened = []
            for number in range(1, 4):
                opened.append(await asyncio.open_connection("127.0.0.1", port))
                await _counted(number)
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(ASKING % port + b"\r\n")
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 200")
            assert await everything(opened[0][0]) == b""
            assert len(handlers()) == 3
            for each in (writer, *(pair[1] for pair in opened)):
                await hang_up(each)

    asyncio.run(scenario())
    assert "ulimit -n" in caplog.text and "the longest idle" in caplog.text


def test_when_nobody_is_idle_the_newcomer_goes(tmp_path: Path, confdir: Path) -> None:
    async def scenario() -> None:
        async with guarded(tmp_path, confdir, most=1) as (port, _):
            busy, asking = await asyncio.open_connection("127.0.0.1", port)
            asking.write(b"POST /favicon.ico HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhe")
            await until(lambda: handlers() and not any(map(is_idle, handlers().values())), "the request")
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            assert await everything(reader) == b""
            asking.write(b"llo")
            assert (await busy.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 401")
            for each in (writer, asking):
                await hang_up(each)

    asyncio.run(scenario())


@pytest.mark.parametrize(
    ("files", "room"), [(None, MOST), (1_000_000, MOST), (1024, 480), (1025, 480), (256, 96), (32, 8)]
)
def test_there_is_room_for_as_many_as_may_have_files(files: int | None, room: int) -> None:
    assert room_for(files) == room


def test_a_burst_finds_no_more_room_than_one_by_one(tmp_path: Path, confdir: Path) -> None:
    """A connection that is about to be closed is not closed a second time in the place of another."""

    async def scenario() -> None:
        async with guarded(tmp_path, confdir, most=3) as (port, _):
            opened = await asyncio.gather(*(asyncio.open_connection("127.0.0.1", port) for _ in range(12)))
            await until(lambda: sum(reader.at_eof() for reader, _ in opened) == 9, "all but three to be closed")
            assert len(handlers()) == 3
            for _, writer in opened:
                await hang_up(writer)

    asyncio.run(scenario())


def a_handler(last_activity: float, state: ConnectionState = ConnectionState.OPEN, *, read: bool = True) -> Any:
    """What is looked at of a connection on which nothing is asked."""
    client = tclient_conn()
    client.state = state
    transports = {client: SimpleNamespace(handler="a task" if read else None)}
    watchdog = SimpleNamespace(last_activity=last_activity)
    return SimpleNamespace(client=client, transports=transports, timeout_watchdog=watchdog, layer=None)


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """Which connections were closed."""
    found: list[Any] = []
    monkeypatch.setattr(open_connections, "_hang_up", found.append)
    return found


@pytest.mark.parametrize(("many", "number"), [(38, 2), (40, 3)])
def test_a_twentieth_goes_and_one_and_those_that_said_nothing_for_longest(
    gone: list[Any], many: int, number: int
) -> None:
    handlers = {number: a_handler(100.0 - number) for number in range(many)}
    newcomer = handlers[many - 1]  # has said nothing yet
    OpenConnections(most=many).make_room(newcomer.client, handlers)
    assert gone == []
    OpenConnections(most=many - 1).make_room(newcomer.client, handlers)
    assert gone == [handlers[many - 2 - place] for place in range(number)]
    assert newcomer.client.error is None


def test_of_what_is_closed_or_not_read_yet_nothing_is_closed(gone: list[Any]) -> None:
    handlers = {0: a_handler(0.0), 1: a_handler(1.0, read=False), 2: a_handler(2.0, ConnectionState.CLOSED)}
    OpenConnections(most=2).make_room(handlers[0].client, handlers)
    assert (gone, handlers[0].client.error) == ([], None)
    OpenConnections(most=1).make_room(handlers[0].client, handlers)
    assert (gone, handlers[0].client.error) == ([], "too many connections")


def test_that_there_is_no_room_is_told_once_a_minute(
    gone: list[Any], monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    handlers, watch = {number: a_handler(0.0) for number in range(2)}, OpenConnections(most=1)
    for seconds, told in ((0.0, 1), (59.999999, 1), (60.0, 2)):
        monkeypatch.setattr(open_connections, "monotonic_now", lambda at=seconds: round(at * 1_000_000))
        watch.make_room(handlers[0].client, handlers)
        assert len(caplog.records) == told
    assert caplog.messages[0].startswith("1 connections are open") and f"now {open_files()})" in caplog.messages[0]


def test_it_looks_every_five_seconds(monkeypatch: pytest.MonkeyPatch) -> None:
    watch, looks = OpenConnections(), list[float]()
    monkeypatch.setattr(watch, "look", lambda handlers, now: looks.append(now))
    for seconds in (4.999999, 5.0, 9.999999, 10.0):
        monkeypatch.setattr(open_connections, "monotonic_now", lambda at=seconds: round(at * 1_000_000))
        asyncio.run(watch.look_now_and_then({}))
    assert looks == [5.0, 10.0]
    assert watch.most == room_for(open_files())


def test_what_half_of_http2_is() -> None:
    """Nothing at all, half a frame, a head that goes on; not what is said while a request has its answer to come."""
    options = SimpleNamespace(validate_inbound_headers=True, proxy_debug=False)
    layer = Http2Server(context(options, http2=True))
    list(layer.handle_event(Start()))
    handler: Any = SimpleNamespace(client=SimpleNamespace(tls=False), layer=layer)
    head = Encoder().encode([(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", "/")])
    opened, ping = HeadersFrame(1, head[:3], flags=["END_STREAM"]).serialize(), PingFrame(0).serialize()
    goes_on = ContinuationFrame(1, head[3:], flags=["END_HEADERS"]).serialize()
    found = [is_half_said(handler)]
    for piece in (frames([])[:9], frames([])[9:], ping[:5], ping[5:], opened, goes_on, ping[:5]):
        list(layer.handle_event(DataReceived(layer.conn, piece)))
        found.append(is_half_said(handler))
    assert found == [True, True, False, True, False, True, False, False]
