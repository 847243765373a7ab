"""Who does not say what they want loses the connection; who waits for an answer, or has one, does not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from mitmproxy import ctx
from mitmproxy.proxy.server import ConnectionHandler
from tests.proxy.http2_client import http2
from tests.proxy.running import Application, everything, guarding, serving, until

from nightlatch.proxy.addon import Nightlatch
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


@pytest.mark.parametrize(("files", "room"), [(None, MOST), (1_000_000, MOST), (1024, 480), (256, 96), (32, 8)])
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
