"""What arrives on a connection goes to its layers at once, instead of by way of a stream and the task that reads it.

mitmproxy reads each connection in a task of its own: bytes wait in a `StreamReader`, the task is woken in the loop's
next round, and waits for every writer afterwards. Here the connection's task waits for the end only; what comes before
it is handed over in the callback that brought it. The order of things, and that nothing more is read while somebody
reads too slowly what is written to them, stay as they are. Knows bytes and connections, nothing of requests.
"""

import asyncio
from collections import deque
from collections.abc import Coroutine, Generator
from typing import Any, cast

from mitmproxy.connection import Connection
from mitmproxy.proxy import events
from mitmproxy.proxy.server import ConnectionHandler

LARGEST = 65_535
"""Bytes that are handed over at a time, as mitmproxy reads them."""


def read_directly(handler: ConnectionHandler) -> None:
    """Have every connection of `handler`, the client's and the upstream's, read that way from now on."""
    pressure, stock = Pressure(), handler.handle_connection

    async def handle_connection(connection: Connection) -> None:
        io = handler.transports[connection]
        if isinstance(io.reader, asyncio.StreamReader) and isinstance(io.writer, asyncio.StreamWriter):
            io.reader = cast(asyncio.StreamReader, DirectReader(handler, connection, io.reader, io.writer, pressure))
        await stock(connection)

    handler.handle_connection = handle_connection  # type: ignore[method-assign]  # of this one alone


class Pressure:
    """Of the connections that belong together: while one takes no more, none is read."""

    def __init__(self) -> None:
        self._full: set[object] = set()
        self._read: set[asyncio.Transport] = set()

    def add(self, transport: asyncio.Transport) -> None:
        """It is read from now on."""
        self._read.add(transport)
        if self._full:
            transport.pause_reading()

    def remove(self, transport: asyncio.Transport) -> None:
        """It is over."""
        self._read.discard(transport)
        self.eases(transport)

    def rises(self, transport: asyncio.Transport) -> None:
        """It takes no more for now."""
        if not self._full:
            for other in self._alive():
                other.pause_reading()
        self._full.add(transport)

    def eases(self, transport: asyncio.Transport) -> None:
        """It takes more again."""
        if transport in self._full:
            self._full.remove(transport)
            if not self._full:
                for other in self._alive():
                    other.resume_reading()

    def _alive(self) -> list[asyncio.Transport]:
        """uvloop raises an error where a transport that closes is asked for anything."""
        return [transport for transport in self._read if not transport.is_closing()]


class DirectReader(asyncio.Protocol):
    """In the place of the reader of one connection, and of its transport's protocol."""

    def __init__(
        self,
        handler: ConnectionHandler,
        connection: Connection,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        pressure: Pressure,
    ) -> None:
        self._handler, self._connection, self._stream, self._pressure = handler, connection, reader, pressure
        self._transport = cast(asyncio.Transport, writer.transport)
        self._before = self._transport.get_protocol()
        self._end: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._late: deque[bytes] = deque()
        self._catching_up: asyncio.Task[None] | None = None

    async def read(self, _: int) -> bytes:
        """Wait for the end, and return the nothing that says so. Called by the connection's task.

        Raises:
            OSError: the connection broke.
        """
        try:
            self._take_over()
            await self._end
            if self._catching_up is not None:
                await self._catching_up
            return b""
        finally:
            self._pressure.remove(self._transport)
            self._late.clear()  # after the end, which the layers are told next, nothing more comes
            self._finish(None)

    def _take_over(self) -> None:
        """What has arrived by now lies in the stream, and maybe the end with it."""
        self._transport.set_protocol(self)
        arrived, ended = bytes(vars(self._stream)["_buffer"]), vars(self._stream)["_eof"]
        if arrived:
            self.data_received(arrived)
        if ended or self._stream.exception() is not None or self._transport.is_closing():
            self._finish(self._stream.exception())
            return
        if not self._transport.is_reading():
            self._transport.resume_reading()
        self._pressure.add(self._transport)

    def data_received(self, came: bytes) -> None:
        if self._end.done():
            return
        if len(came) > LARGEST:
            for start in range(0, len(came), LARGEST):
                self.data_received(came[start : start + LARGEST])
        elif self._catching_up is not None:
            self._late.append(came)
        else:
            self._hand_over(came)

    def _hand_over(self, came: bytes) -> None:
        """In nearly every case at once; where another event of the handler's is in turn, as soon as that is through."""
        handing = self._handler.server_event(events.DataReceived(self._connection, came))
        try:
            waiting = handing.send(None)
        except StopIteration:
            return
        self._catching_up = asyncio.get_running_loop().create_task(self._catch_up(handing, waiting))

    async def _catch_up(self, handing: Coroutine[Any, Any, None], waiting: object) -> None:
        await _Begun(handing, waiting)
        while self._late:
            await self._handler.server_event(events.DataReceived(self._connection, self._late.popleft()))
        self._catching_up = None

    def eof_received(self) -> bool:
        """The other side says no more, but may still listen."""
        self._finish(None)
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        self._finish(exc)
        self._before.connection_lost(exc)

    def pause_writing(self) -> None:
        self._pressure.rises(self._transport)

    def resume_writing(self) -> None:
        self._pressure.eases(self._transport)

    def _finish(self, error: BaseException | None) -> None:
        if not self._end.done():
            if isinstance(error, OSError):
                self._end.set_exception(error)
            else:
                self._end.set_result(b"")


class _Begun:
    """The rest of a coroutine that was begun without a task, and has asked to wait."""

    def __init__(self, coroutine: Coroutine[Any, Any, None], waiting: object) -> None:
        self._coroutine, self._waiting = coroutine, waiting

    def __await__(self) -> Generator[Any, Any, None]:
        yield self._waiting
        yield from self._coroutine.__await__()
