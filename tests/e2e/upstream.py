"""A real upstream in a thread of its own, which remembers every connection and request that reached it.

It reads HTTP/1.1 by hand, so that a test can see the exact target, field names and trailers, and can have anything
answered: an unexpected 101, an endless stream, a redirect to itself.
"""

import asyncio
import contextlib
import threading
from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha1
from typing import NamedTuple
from urllib.parse import urlsplit

from tests.e2e.waiting import PAUSE

SETTLE = 0.05
"""Seconds given to a request that should not be on its way."""

CLOSING = 8
WEBSOCKET = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"

ENDLESS = {
    "/events": (b"Content-Type: text/event-stream", b"data: tick\n\n"),
    "/export": (b"Content-Type: text/csv\r\nTransfer-Encoding: chunked", b"6\r\ntick\r\n\r\n"),
    "/large": (b"Content-Type: application/zip\r\nContent-Length: 99000000", b"tick"),
}
"""The head and the pieces of answers that never end."""


class Seen(NamedTuple):
    """One request as it arrived."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value of the header `name`, whatever its case."""
        return [value for field, value in self.headers if field.lower() == name.lower()]

    def has(self, name: str) -> bool:
        return bool(self.values(name))


class Reply(NamedTuple):
    """What to answer. `head` overrides everything before the body, and then the connection stays as it is."""

    status: str = "200 OK"
    headers: tuple[tuple[str, str], ...] = (("Content-Type", "text/html"),)
    body: bytes = b"<!doctype html><title>app</title><p>the application"
    hold: bool = False
    """Wait for `release()` before answering."""


class Upstream:
    """The application of a test. Read `seen`; set `replies[path]`."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.connections = 0
        self.tunnelled = b""
        self.replies: dict[str, Reply] = {}
        self.open = 0
        self._released = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._listening = threading.Event()
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        assert self._listening.wait(10)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def last(self) -> Seen:
        return self.seen[-1]

    def release(self) -> None:
        """Let every answer go that was held back, now and later."""
        self._released.set()

    @contextlib.contextmanager
    def untouched(self) -> Iterator[None]:
        """Nothing reaches the application within this context: no request, and no byte of a tunnel."""
        requests, tunnelled = len(self.seen), self.tunnelled
        yield
        PAUSE.wait(SETTLE)
        assert self.seen[requests:] == [], f"reached the application: {self.seen[requests:]}"
        assert self.tunnelled == tunnelled, "bytes reached the application"

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = server.sockets[0].getsockname()[1]
        self._listening.set()
        self._loop.run_forever()
        server.close()
        for task in asyncio.all_tasks(self._loop):
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*asyncio.all_tasks(self._loop), return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_default_executor())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        self.open += 1
        try:
            while (request := await _read(reader)) is not None:
                self.seen.append(request)
                if not await self._answer(request, reader, writer):
                    break
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            self.open -= 1
            writer.close()

    async def _answer(self, request: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Answer one request; False when the connection is used up."""
        path = urlsplit(request.target).path
        reply = self.replies.get(path, Reply())
        if reply.hold:
            await self._loop.run_in_executor(None, self._released.wait, 30)
        if reply.status.startswith("101"):
            return await self._tunnel(reply, reader, writer)
        if path == "/ws" and request.has("sec-websocket-key"):
            return await self._websocket(request, reader, writer)
        if path in ENDLESS:
            return await _stream(writer, *ENDLESS[path])
        lines = [f"HTTP/1.1 {reply.status}", *(f"{name}: {value}" for name, value in reply.headers)]
        body = b"" if request.method == "HEAD" else reply.body
        if not reply.status.startswith(("204", "304")):
            lines.append(f"Content-Length: {len(reply.body)}")
        writer.write("\r\n".join([*lines, "", ""]).encode("latin-1") + body)
        await writer.drain()
        return True

    async def _tunnel(self, reply: Reply, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Switch protocols as told, and remember what comes through."""
        lines = [f"HTTP/1.1 {reply.status}", *(f"{name}: {value}" for name, value in reply.headers), "", ""]
        writer.write("\r\n".join(lines).encode())
        while data := await reader.read(4096):
            self.tunnelled += data
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\ntunnel")
        return False

    async def _websocket(self, request: Seen, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Accept, and say back whatever short text comes."""
        key = request.values("sec-websocket-key")[0]
        accept = b64encode(sha1((key + WEBSOCKET).encode()).digest()).decode()
        upgrade = "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        writer.write(f"{upgrade}Sec-WebSocket-Accept: {accept}\r\n\r\n".encode())
        while True:
            opcode, length = await reader.readexactly(2)
            mask = await reader.readexactly(4)
            text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(await reader.readexactly(length & 0x7F)))
            if opcode & 0x0F != CLOSING:  # mitmproxy's own, and later than whoever waits for quiet can tell
                self.tunnelled += text
            writer.write(bytes([opcode, len(text)]) + text)


async def _stream(writer: asyncio.StreamWriter, head: bytes, piece: bytes) -> bool:
    """An answer that ticks twenty times a second until it is cut."""
    writer.write(b"HTTP/1.1 200 OK\r\n" + head + b"\r\n\r\n")
    while not writer.is_closing():
        writer.write(piece)
        await writer.drain()
        await asyncio.sleep(0.05)  # the application ticks; no test waits for it
    return False


async def _read(reader: asyncio.StreamReader) -> Seen | None:
    """The next request, or None at the end of the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = tuple((name, value.strip()) for name, _, value in (line.partition(":") for line in lines))
    fields: Mapping[str, str] = {name.lower(): value for name, value in headers}
    if "chunked" in fields.get("transfer-encoding", ""):
        body, trailers = await _chunks(reader)
        return Seen(method, target, (*headers, *trailers), body)
    return Seen(method, target, headers, await reader.readexactly(int(fields.get("content-length", "0"))))


async def _chunks(reader: asyncio.StreamReader) -> tuple[bytes, tuple[tuple[str, str], ...]]:
    """A chunked body and its trailers."""
    body = b""
    while size := int((await reader.readline()).split(b";")[0], 16):
        body += await reader.readexactly(size)
        await reader.readline()
    trailers = []
    while line := (await reader.readline()).decode("latin-1").strip():
        name, _, value = line.partition(":")
        trailers.append((name, value.strip()))
    return body, tuple(trailers)
