"""What arrives is handed over at once and in order, its end too; and nobody is read while another side is full."""

import asyncio
from collections.abc import Callable, Coroutine
from types import SimpleNamespace
from typing import Any

import pytest
from mitmproxy.connection import Client, ConnectionState
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.server import ConnectionHandler, ConnectionIO

from nightlatch.proxy.direct_reading import LARGEST, Pressure, read_directly


class Transport(asyncio.Transport):
    """Remembers who it belongs to and whether it is read."""

    def __init__(self) -> None:
        super().__init__()
        self.protocol: Any = None
        self.reading, self.closed = True, False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def get_protocol(self) -> Any:
        return self.protocol

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        assert not self.closed, "uvloop raises an error here"
        self.reading = False

    def resume_reading(self) -> None:
        assert not self.closed, "uvloop raises an error here"
        self.reading = True

    def is_closing(self) -> bool:
        return self.closed

    def close(self) -> None:
        if not self.closed:
            self.closed = True
            asyncio.get_running_loop().call_soon(self.protocol.connection_lost, None)

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        return default


class Layers:
    """In the place of the layers: notes what they are told."""

    def __init__(self) -> None:
        self.told: list[bytes | str] = []
        self.answer: Callable[[bytes], list[commands.Command]] = lambda _: []

    def handle_event(self, event: events.Event) -> list[commands.Command]:
        if isinstance(event, events.DataReceived):
            self.told.append(event.data)
            return self.answer(event.data)
        self.told.append(type(event).__name__)
        return []


class Handler(ConnectionHandler):
    """mitmproxy's own, with nobody's hooks."""

    async def handle_hook(self, hook: commands.StartHook) -> None:
        raise AssertionError(hook)


class Scene(SimpleNamespace):
    """A client's connection that is being read. `task` is mitmproxy's, which reads it."""

    transport: Transport
    layers: Layers
    handler: Handler
    task: asyncio.Task[None]
    before: asyncio.StreamReaderProtocol


async def scene(*earlier: bytes, ended: bool = False) -> Scene:
    """`earlier` has arrived before the reading begins, and with `ended` the end."""
    client, loop = Client(peername=("127.0.0.1", 1), sockname=("127.0.0.1", 2)), asyncio.get_running_loop()
    client.state = ConnectionState.OPEN
    reader = asyncio.StreamReader(loop=loop)
    transport, before = Transport(), asyncio.StreamReaderProtocol(reader, loop=loop)
    transport.protocol = before
    before.connection_made(transport)
    for data in earlier:
        before.data_received(data)
    if ended:
        before.eof_received()
    handler, layers = Handler(Context(client, Options())), Layers()
    handler.layer = layers  # type: ignore[assignment]
    read_directly(handler)
    handler.transports[client] = ConnectionIO(
        reader=reader, writer=asyncio.StreamWriter(transport, before, reader, loop)
    )
    task = loop.create_task(handler.handle_connection(client))
    handler.transports[client].handler = task
    await asyncio.sleep(0)  # one turn of the loop, in which the handler begins
    return Scene(transport=transport, layers=layers, handler=handler, task=task, before=before)


def played(scenario: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(scenario())


def test_what_arrives_is_there_when_the_callback_returns() -> None:
    async def scenario() -> None:
        on = await scene()
        on.transport.protocol.data_received(b"one")
        assert on.layers.told == [b"one"]
        on.task.cancel()

    played(scenario)


@pytest.mark.parametrize("ended", [False, True])
def test_what_had_arrived_earlier_comes_first(ended: bool) -> None:
    async def scenario() -> None:
        on = await scene(b"ear", b"lier", ended=ended)
        if not ended:
            on.transport.protocol.data_received(b"later")
            on.transport.protocol.connection_lost(None)
        await asyncio.sleep(0)  # a turn for the end to be told
        await asyncio.sleep(0)  # and one for the handler to hear of it
        assert on.layers.told == [b"earlier", *([] if ended else [b"later"]), "ConnectionClosed"]
        on.task.cancel()

    played(scenario)


def test_a_side_that_says_no_more_may_still_listen() -> None:
    async def scenario() -> None:
        on = await scene()
        assert on.transport.protocol.eof_received() is True, "the transport would close itself"
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert on.layers.told == ["ConnectionClosed"]
        assert on.handler.client.state is ConnectionState.CAN_WRITE
        assert not on.task.done() and not on.transport.closed
        on.transport.protocol.data_received(b"too late")
        assert on.layers.told == ["ConnectionClosed"]
        on.task.cancel()
        await asyncio.wait([on.task])
        assert on.transport.closed

    played(scenario)


def test_a_connection_that_breaks_is_an_end() -> None:
    async def scenario() -> None:
        on = await scene()
        on.transport.protocol.connection_lost(ConnectionResetError("reset"))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert on.layers.told == ["ConnectionClosed"]
        on.task.cancel()

    played(scenario)


def test_the_first_protocol_hears_of_the_end_as_somebody_may_wait_for_it() -> None:
    async def scenario() -> None:
        on = await scene()
        io = on.handler.transports[on.handler.client]
        on.transport.close()
        assert isinstance(io.writer, asyncio.StreamWriter)
        await asyncio.wait_for(io.writer.wait_closed(), 5)
        on.task.cancel()

    played(scenario)


def test_much_at_once_is_handed_over_in_pieces() -> None:
    async def scenario() -> None:
        on = await scene()
        data = bytes(range(256)) * 1024
        on.transport.protocol.data_received(data)
        pieces = [piece for piece in on.layers.told if isinstance(piece, bytes)]
        assert b"".join(pieces) == data and {len(piece) for piece in pieces} == {LARGEST, len(data) % LARGEST}
        on.task.cancel()

    played(scenario)


def test_while_another_event_is_in_turn_what_arrives_waits_and_keeps_its_order() -> None:
    async def scenario() -> None:
        on = await scene()
        await on.handler._server_event_lock.acquire()
        for data in (b"one", b"two", b"three"):
            on.transport.protocol.data_received(data)
        on.transport.protocol.eof_received()
        await asyncio.sleep(0)
        assert on.layers.told == []
        on.handler._server_event_lock.release()
        for _ in range(5):
            await asyncio.sleep(0)
        assert on.layers.told == [b"one", b"two", b"three", "ConnectionClosed"]
        on.task.cancel()

    played(scenario)


def test_after_it_has_caught_up_it_is_at_once_again() -> None:
    async def scenario() -> None:
        on = await scene()
        async with on.handler._server_event_lock:
            on.transport.protocol.data_received(b"waits")
        for _ in range(3):
            await asyncio.sleep(0)
        on.transport.protocol.data_received(b"at once")
        assert on.layers.told == [b"waits", b"at once"]
        on.task.cancel()

    played(scenario)


def test_a_connection_that_is_closed_by_command_hears_no_more() -> None:
    async def scenario() -> None:
        on = await scene()
        on.layers.answer = lambda _: [commands.CloseConnection(on.handler.client)]
        protocol = on.transport.protocol
        protocol.data_received(b"bye")
        await asyncio.wait([on.task])
        protocol.data_received(b"more")
        assert on.layers.told == [b"bye", "ConnectionClosed"] and on.transport.closed
        assert on.handler.client not in on.handler.transports

    played(scenario)


def test_a_transport_that_was_paused_for_the_stream_is_read_again() -> None:
    async def scenario() -> None:
        on = await scene(b"x" * 200_000)
        assert on.transport.reading
        on.task.cancel()

    played(scenario)


def test_nobody_is_read_while_one_of_them_is_full() -> None:
    pressure, client, server, third = Pressure(), Transport(), Transport(), Transport()
    pressure.add(client)
    pressure.add(server)
    pressure.rises(client)
    assert not client.reading and not server.reading
    pressure.rises(server)
    pressure.add(third)
    assert not third.reading, "who comes meanwhile waits like the others"
    pressure.eases(client)
    assert not server.reading
    pressure.eases(server)
    assert client.reading and server.reading and third.reading


def test_one_that_is_over_holds_up_nobody_and_is_touched_no_more() -> None:
    pressure, client, server = Pressure(), Transport(), Transport()
    pressure.add(client)
    pressure.add(server)
    pressure.rises(server)
    pressure.remove(server)
    assert client.reading and not server.reading
    pressure.rises(client)
    pressure.eases(client)
    assert client.reading and not server.reading


def test_a_full_side_is_told_by_its_transport() -> None:
    async def scenario() -> None:
        on = await scene()
        on.transport.protocol.pause_writing()
        assert not on.transport.reading
        on.transport.protocol.resume_writing()
        assert on.transport.reading
        on.task.cancel()

    played(scenario)


def test_one_that_closes_is_asked_for_nothing() -> None:
    pressure, client, server = Pressure(), Transport(), Transport()
    pressure.add(client)
    pressure.add(server)
    server.closed = True
    pressure.rises(client)
    assert not client.reading
    pressure.eases(client)
    assert client.reading


def test_what_waits_when_a_connection_is_closed_is_not_handed_over_after_its_end() -> None:
    async def scenario() -> None:
        on = await scene()
        await on.handler._server_event_lock.acquire()
        for came in (b"in turn", b"late", b"later"):
            on.transport.protocol.data_received(came)
        on.task.cancel()
        await asyncio.sleep(0)
        on.handler._server_event_lock.release()
        for _ in range(5):
            await asyncio.sleep(0)
        assert "ConnectionClosed" in on.layers.told and not {b"late", b"later"} & {*on.layers.told}

    played(scenario)
