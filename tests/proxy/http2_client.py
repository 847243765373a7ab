"""A browser's HTTP/2 connection, reduced to what a test asks of it."""

import asyncio
import contextlib
import ssl
from collections.abc import AsyncIterator

from h2.config import H2Configuration  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from h2.connection import H2Connection  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from h2.events import DataReceived, Event, ResponseReceived, StreamEnded, StreamReset  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from tests.proxy.running import client_tls, until


class Http2Client:
    """What has come in, by stream id."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer
        self._h2 = H2Connection(H2Configuration(client_side=True, header_encoding="utf-8"))
        self.answered: set[int] = set()
        self.received: dict[int, bytes] = {}
        self.reset: dict[int, int] = {}
        self.ended: set[int] = set()
        self.hung_up = False

    def start(self) -> None:
        self._h2.initiate_connection()
        self._flush()

    def ask(self, path: str, session: str, **fields: str) -> int:
        """Send a GET; its stream id."""
        stream: int = self._h2.get_next_available_stream_id()
        plain = [(":method", "GET"), (":scheme", "https"), (":authority", "localhost"), (":path", path)]
        self._h2.send_headers(stream, [*plain, ("session", session), *fields.items()], end_stream=True)
        self._flush()
        return stream

    async def listen(self) -> None:
        while data := await self._reader.read(65536):
            for event in self._h2.receive_data(data):
                self._note(event)
            self._flush()
        self.hung_up = True

    async def answer(self, stream: int, received: bytes) -> None:
        """Wait until `stream` has brought `received`."""
        await until(lambda: self.received.get(stream) == received, "the answer")

    def _note(self, event: Event) -> None:
        if isinstance(event, ResponseReceived):
            self.answered.add(event.stream_id)
        elif isinstance(event, DataReceived):
            self.received[event.stream_id] = self.received.get(event.stream_id, b"") + event.data
        elif isinstance(event, StreamReset):
            self.reset[event.stream_id] = int(event.error_code)
        elif isinstance(event, StreamEnded):
            self.ended.add(event.stream_id)

    def _flush(self) -> None:
        self._writer.write(self._h2.data_to_send())


@contextlib.asynccontextmanager
async def http2(port: int) -> AsyncIterator[Http2Client]:
    """A connection to `port` by TLS and HTTP/2, whoever answers."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=client_tls("h2"))
    client = Http2Client(reader, writer)
    client.start()
    listening = asyncio.get_running_loop().create_task(client.listen())
    try:
        yield client
    finally:
        listening.cancel()
        writer.close()
        with contextlib.suppress(ConnectionError, ssl.SSLError):
            await writer.wait_closed()
