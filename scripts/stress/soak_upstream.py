"""The application of the soak: a page of 1 KB, an event stream, a WebSocket that says back what it hears.

Usage: python -m scripts.stress.soak_upstream PORT
"""

import asyncio
import sys
from base64 import b64encode
from hashlib import sha1

PAGE = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 1024\r\n\r\n" + b"x" * 1024
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n"
_MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
TICK = 0.5
"""Seconds between two events of a stream."""


class Application(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.received, self.upgraded = transport, b"", False
        self.ticking: asyncio.TimerHandle | None = None

    def data_received(self, data: bytes) -> None:
        if self.upgraded:
            self.transport.write(_unmasked(data))
            return
        self.received += data
        while b"\r\n\r\n" in self.received and not self.upgraded:
            head, _, self.received = self.received.partition(b"\r\n\r\n")
            self._answer(head)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.ticking is not None:
            self.ticking.cancel()

    def _answer(self, head: bytes) -> None:
        target = head.split(b" ", 2)[1]
        if target.startswith(b"/ws"):
            self.upgraded = True
            self.transport.write(_accepted(head))
        elif target.startswith(b"/events"):
            self.transport.write(STREAM)
            self._tick()
        else:
            self.transport.write(PAGE)

    def _tick(self) -> None:
        self.transport.write(b"data: tick\n\n")
        self.ticking = asyncio.get_running_loop().call_later(TICK, self._tick)


def _accepted(head: bytes) -> bytes:
    lines = (line.partition(b":") for line in head.split(b"\r\n"))
    key = next(value.strip() for name, _, value in lines if name.lower() == b"sec-websocket-key")
    accept = b64encode(sha1(key + _MAGIC).digest())
    upgrade = b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    return upgrade + b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"


def _unmasked(frame: bytes) -> bytes:
    """The answer to one short frame: the same, as a server sends it; nothing to what is shorter."""
    if len(frame) < 6:
        return b""
    length, mask = frame[1] & 0x7F, frame[2:6]
    text = bytes(byte ^ mask[at % 4] for at, byte in enumerate(frame[6 : 6 + length]))
    return bytes([frame[0], len(text)]) + text


async def serve(port: int) -> None:
    """Until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Application, "127.0.0.1", port)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(int(sys.argv[1])))
