"""A guard's mitmproxy and an application behind it, in this process, with real sockets between them."""

import asyncio
import contextlib
import ssl
from base64 import b64encode
from collections.abc import AsyncIterator, Callable, Mapping
from hashlib import sha1
from pathlib import Path

from mitmproxy import ctx
from mitmproxy.certs import CertStore
from mitmproxy.http import HTTPFlow

from nightlatch.proxy.master import run_guard
from nightlatch.proxy.open_exchanges import OpenExchanges
from nightlatch.proxy.reverse import should_stream

HANDSHAKE = (
    b"GET /ws HTTP/1.1\r\nHost: localhost\r\nSession: %b\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
STREAM = b"GET /events HTTP/1.1\r\nHost: localhost\r\nSession: %b\r\n\r\n"
"""Requests of a session, which is to be filled in."""

PATIENCE = 20.0
"""Seconds that anything may take before a test fails."""

WEBSOCKET = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
TICK = b"6\r\ntick\n\n\r\n"


class Application:
    """Answers `/events` with an endless stream, `/ws` with an echoing WebSocket, `/odd` with a 101 to something else,
    and everything else with its own request. `closed` counts connections that the other side has closed."""

    def __init__(self) -> None:
        self.heads: list[bytes] = []
        self.received = b""
        self.connections = 0
        self.closed = 0
        self.after_handshake = b""
        """What the WebSocket says before it is asked."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                await self._answer(reader, writer)
        self.closed += 1
        writer.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        path = head.split(b" ", 2)[1]
        if path == b"/ws":
            await self._websocket(head, reader, writer)
        elif path == b"/events":
            writer.write(HEAD + TICK)
            await self._listen(reader)
        elif path == b"/odd":
            writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: odd\r\nConnection: Upgrade\r\n\r\n")
            await self._listen(reader)
        else:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(head), head))

    async def _websocket(self, head: bytes, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        key = next(line for line in head.split(b"\r\n") if line.lower().startswith(b"sec-websocket-key:"))
        accept = b64encode(sha1(key.partition(b":")[2].strip() + WEBSOCKET).digest())
        writer.write(b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n")
        writer.write(b"Sec-WebSocket-Accept: %b\r\n\r\n%b" % (accept, self.after_handshake))
        await self._listen(reader)

    async def _listen(self, reader: asyncio.StreamReader) -> None:
        """Take in whatever comes until the other side closes."""
        while True:
            chunk = await reader.read(4096)
            if not chunk:
                raise ConnectionError
            self.received += chunk


class Doorman:
    """Lets everything through and knows what is open; the session is what the request's `Session` header says."""

    def __init__(self) -> None:
        self.open = OpenExchanges()
        self.over: list[HTTPFlow] = []

    def requestheaders(self, flow: HTTPFlow) -> None:
        self.open.add(flow, flow.request.headers.get("session", "nobody"))

    def responseheaders(self, flow: HTTPFlow) -> None:
        assert flow.response
        flow.response.stream = should_stream(flow.response.headers, flow.response.status_code)

    def response(self, flow: HTTPFlow) -> None:
        if not flow.websocket:
            self._over(flow)

    def error(self, flow: HTTPFlow) -> None:
        self._over(flow)

    def websocket_end(self, flow: HTTPFlow) -> None:
        self._over(flow)

    def _over(self, flow: HTTPFlow) -> None:
        self.open.remove(flow)
        self.over.append(flow)


def server_tls(confdir: Path) -> ssl.SSLContext:
    """For an application on https; nobody verifies its certificate."""
    CertStore.from_store(confdir, "mitmproxy", 2048)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(confdir / "mitmproxy-ca.pem")
    return context


def client_tls(*protocols: str) -> ssl.SSLContext:
    """For a client that believes every certificate and offers `protocols` (ALPN)."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if protocols:
        context.set_alpn_protocols(list(protocols))
    return context


@contextlib.asynccontextmanager
async def serving(application: Application, tls: ssl.SSLContext | None = None) -> AsyncIterator[str]:
    """`application` on a port of its own; its origin."""
    server = await asyncio.start_server(application.serve, "127.0.0.1", 0, ssl=tls)
    try:
        yield f"http{'s' if tls else ''}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()


@contextlib.asynccontextmanager
async def guarding(
    addon: object, upstream: str, confdir: Path, options: Mapping[str, object] | None = None
) -> AsyncIterator[int]:
    """A guard's mitmproxy with `addon` in front of `upstream`; its port."""
    loop = asyncio.get_running_loop()
    port: asyncio.Future[int] = loop.create_future()
    guard = loop.create_task(
        run_guard(
            addon,
            upstream=upstream,
            listen_host="127.0.0.1",
            listen_port=0,
            options=options or {},
            on_listening=lambda _, number: port.set_result(number),
            confdir=confdir,
        )
    )
    await asyncio.wait({guard, port}, return_when=asyncio.FIRST_COMPLETED)
    assert port.done(), "the guard did not start"
    try:
        yield port.result()
    finally:
        ctx.master.shutdown()
        await guard


async def until(condition: Callable[[], object], what: str) -> None:
    """Let the loop run until `condition` holds."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            await asyncio.sleep(0.005)  # gives the loop a turn; the condition decides
    assert condition(), what


async def asking(
    port: int, head: bytes, tls: ssl.SSLContext | None = None
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """Send `head` on a new connection and wait for the head of the answer."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls)
    writer.write(head)
    async with asyncio.timeout(PATIENCE):
        await reader.readuntil(b"\r\n\r\n")
    return reader, writer


async def everything(reader: asyncio.StreamReader) -> bytes:
    """All that comes until the other side closes."""
    received = b""
    with contextlib.suppress(ConnectionError):
        async with asyncio.timeout(PATIENCE):
            while chunk := await reader.read(65536):
                received += chunk
    return received
