"""WebSockets for `bench_sockets`: an upstream that only shakes hands, people who log in, their open sockets; and what a
process uses of a core."""

import asyncio
import os
import time
from base64 import b64encode
from hashlib import sha1
from pathlib import Path

MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEAD = (
    b"GET %b HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: nightlatch-%d=%b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
LOGIN = (
    b"POST /.nightlatch/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 6\r\nConnection: close\r\n"
    b"Content-Type: application/x-www-form-urlencoded\r\n\r\nuser=u"
)
Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """The upstream: shake hands, then be silent."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        key = head.lower().partition(b"sec-websocket-key: ")[2].partition(b"\r\n")[0]
        given = head[head.lower().index(key) :][: len(key)]
        proof = b64encode(sha1(given + MAGIC, usedforsecurity=False).digest())
        writer.write(
            b"HTTP/1.1 101 x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: %b\r\n\r\n" % proof
        )
        await reader.read()
    except (ConnectionError, asyncio.IncompleteReadError, ValueError):
        pass
    writer.close()


async def login(port: int) -> bytes:
    """A session of one's own; its credential."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(LOGIN)
    answer = await reader.read()
    writer.close()
    return answer.partition(b"nightlatch-%d=" % port)[2].partition(b";")[0]


async def opened(port: int, path: bytes, credential: bytes) -> Line:
    """An open WebSocket."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(HEAD % (path, port, credential))
    head = await reader.readuntil(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 101"), head
    return reader, writer


async def opened_anew(port: int) -> Line:
    """An open WebSocket of a session of its own."""
    return await opened(port, b"/ws", await login(port))


def cpu(pid: int) -> float:
    """Seconds of CPU that the process has used."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


async def share(pid: int, seconds: float, work: object = None) -> float:
    """The share of a core that the guard uses meanwhile, in percent."""
    before, start = cpu(pid), time.monotonic()
    await (asyncio.sleep(seconds) if work is None else work)  # type: ignore[misc]  # a coroutine or nothing
    return 100 * (cpu(pid) - before) / (time.monotonic() - start)
