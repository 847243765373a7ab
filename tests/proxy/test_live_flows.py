"""An exchange under way is ended, and nothing else: real sockets, over HTTP/1, HTTP/2, TLS and WebSocket."""

import asyncio
from pathlib import Path

import pytest
from mitmproxy.http import HTTPFlow
from tests.proxy.http2_client import http2
from tests.proxy.running import (
    HANDSHAKE,
    STREAM,
    TICK,
    Application,
    Doorman,
    asking,
    client_tls,
    everything,
    guarding,
    server_tls,
    serving,
    until,
)

from nightlatch.proxy.live_flows import kill_tunnel

TICK_TEXT = b"tick\n\n"


def test_a_websocket_is_told_why_and_closed(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            reader, writer = await asking(port, HANDSHAKE % b"ada")
            other, other_writer = await asking(port, HANDSHAKE % b"bob")
            assert doorman.open.sessions() == {"ada", "bob"}
            await doorman.open.end("ada", "session expired (idle)")
            assert await everything(reader) == b"\x88\x18\x03\xf0session expired (idle)"
            await until(lambda: application.closed == 1, "the application's side is closed")
            assert doorman.open.sessions() == {"bob"}
            assert doorman.over[0].websocket and doorman.over[0].websocket.close_code == 1008
            await doorman.open.end_all("the guard stops")
            assert (await everything(other))[2:4] == b"\x03\xf0"
            writer.close()
            other_writer.close()

    asyncio.run(scenario())


@pytest.mark.parametrize("unfinished", [b"\x01\x03abc", b"\x81\x7e\x04\x00abc", b"\x81\x05he", b"\x81"])
def test_a_message_that_is_half_received_does_not_swallow_the_close(confdir: Path, unfinished: bytes) -> None:
    """A fragment without its end, and frames that stop in the middle: payload, length, head."""

    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        application.after_handshake = b"\x81\x02hi" + unfinished
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            reader, writer = await asking(port, HANDSHAKE % b"ada")
            assert await reader.readexactly(4) == b"\x81\x02hi"
            await doorman.open.end("ada", "over")
            assert await everything(reader) == b"\x88\x06\x03\xf0over"
            writer.close()

    asyncio.run(scenario())


def test_an_event_stream_is_cut(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            reader, writer = await asking(port, STREAM % b"ada")
            other, other_writer = await asking(port, STREAM % b"bob")
            assert await reader.readexactly(len(TICK)) == TICK
            await doorman.open.end("ada", "over")
            assert await everything(reader) == b""
            await until(lambda: application.closed == 1, "the application's side is closed")
            assert [flow.error.msg for flow in doorman.over if flow.error] == ["over"]
            assert await other.readexactly(len(TICK)) == TICK
            assert not other.at_eof()
            writer.close()
            other_writer.close()

    asyncio.run(scenario())


def test_over_http2_one_stream_is_cut_and_the_others_live(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with (
            serving(application) as upstream,
            guarding(doorman, upstream, confdir) as port,
            http2(port) as client,
        ):
            mine, other = client.ask("/events", "ada"), client.ask("/events", "bob")
            await client.answer(mine, TICK_TEXT)
            await client.answer(other, TICK_TEXT)
            await doorman.open.end("ada", "over")
            await until(lambda: mine in client.reset, "the stream is reset")
            await until(lambda: application.closed == 1, "the application's side is closed")
            assert (client.hung_up, client.ended, other in client.reset) == (False, set(), False)
            later = client.ask("/", "bob")
            await until(lambda: later in client.ended, "the connection still works")

    asyncio.run(scenario())


def test_a_websocket_over_tls_on_both_sides_is_told_why(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        insecure = {"ssl_insecure": True}
        async with (
            serving(application, server_tls(confdir)) as upstream,
            guarding(doorman, upstream, confdir, insecure) as port,
        ):
            reader, writer = await asking(port, HANDSHAKE % b"ada", client_tls())
            await doorman.open.end("ada", "over")
            assert await everything(reader) == b"\x88\x06\x03\xf0over"
            await until(lambda: application.received[:1] == b"\x88", "the application is told, too")
            writer.close()

    asyncio.run(scenario())


def test_a_stream_over_tls_is_cut(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        insecure = {"ssl_insecure": True}
        async with (
            serving(application, server_tls(confdir)) as upstream,
            guarding(doorman, upstream, confdir, insecure) as port,
        ):
            reader, writer = await asking(port, STREAM % b"ada", client_tls())
            assert await reader.readexactly(len(TICK)) == TICK
            await doorman.open.end("ada", "over")
            assert await everything(reader) == b""
            await until(lambda: application.closed == 1, "the application's side is closed")
            writer.close()

    asyncio.run(scenario())


def test_a_101_to_something_else_is_no_tunnel(confdir: Path) -> None:
    class Killing(Doorman):
        def responseheaders(self, flow: HTTPFlow) -> None:
            kill_tunnel(flow)

    async def scenario() -> None:
        application, doorman = Application(), Killing()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /odd HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\nGET / ")
            assert await everything(reader) == b""
            await until(lambda: application.closed == 1, "the application's side is closed")
            assert application.received == b""
            writer.close()

    asyncio.run(scenario())


def test_a_101_that_nobody_kills_is_still_no_tunnel(confdir: Path) -> None:
    async def scenario() -> None:
        application, doorman = Application(), Doorman()
        async with serving(application) as upstream, guarding(doorman, upstream, confdir) as port:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /odd HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n")
            await everything(reader)
            await until(lambda: application.closed == 1, "the application's side is closed")
            writer.close()

    asyncio.run(scenario())
