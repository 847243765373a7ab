"""A guard whose sockets are bytes in memory: what a client sends goes in, what the application would get comes out.

mitmproxy's own parsers and layers, the addon, a real ledger; only sockets are missing, so that an input takes a
millisecond and nothing hangs on timing. Knows nothing of which inputs are worth trying.
"""

import asyncio
from collections import deque
from pathlib import Path
from typing import NamedTuple

from mitmproxy import ctx
from mitmproxy.connection import Client, Connection, ConnectionState
from mitmproxy.http import HTTPFlow
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.proxy.mode_specs import ProxyMode, ReverseMode
from scripts.fuzzing.wire_readers import EMPTY_ANSWER, Application

from nightlatch.core.request import RequestView
from nightlatch.core.session import End
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.entrance import may_pass
from nightlatch.proxy.hook_table import HookTable
from nightlatch.proxy.inline_hooks import InlineHooks
from nightlatch.proxy.judged import judged
from nightlatch.proxy.master import FIXED_OPTIONS, GuardMaster, site_options

SITE = "http://127.0.0.1:3000"
LISTENING = ("127.0.0.1", 8080)
HOST = b"localhost:8080"
LIVE, ENDED = b"live-7d1f40c2", b"ended-93be51aa"
"""Values of the application's cookie `sid`: of a session that goes on, and of one that was ended."""

_OPTIONS = {"identity": "cookie:sid", "login": "redirect:/login", "public": "/public"}


class Outcome(NamedTuple):
    """What came of the bytes of one client connection."""

    passed: list[RequestView]
    """What was judged and let through, in order."""
    upstream: list[Application]
    """The connections to the application."""
    client: bytes
    """What the client got."""
    said: list[str]
    """What mitmproxy logged."""
    hung_up_after: int
    """Bytes of the client's that were taken before the guard closed the connection, if it did."""
    cut: bool
    """The guard closed the connection."""


class Witness:
    """Notes what the guard let through, at the last moment before it goes on."""

    def __init__(self) -> None:
        self.passed: list[RequestView] = []

    def request(self, flow: HTTPFlow) -> None:
        found = judged(flow)
        if flow.response is None and flow.error is None and found is not None and may_pass(flow):
            self.passed.append(found.arrival.request)


class WireGuard:
    """A guard over the application's cookie `sid`."""

    def __init__(self, folder: Path) -> None:
        self._runner, self._witness = asyncio.Runner(), Witness()
        self._runner.run(self._open(folder))
        for value in (LIVE, ENDED):
            self._log_in(value)
        self._runner.run(self._end_newest())

    def close(self) -> None:
        self._runner.run(self._master.done())
        self._runner.close()

    def feed(self, *pieces: bytes, http2: bool = False, answer: bytes = EMPTY_ANSWER) -> Outcome:
        """What comes of `pieces`, sent one after the other on a connection of their own."""
        self._witness.passed = []
        ctx.master, ctx.options = self._master, self._master.options
        wire = Wire(self._table, context(self._master.options, http2=http2), answer)
        self._runner.run(wire.run(pieces))
        return Outcome(self._witness.passed, list(wire.upstream.values()), wire.client, wire.said, wire.taken, wire.cut)

    async def _open(self, folder: Path) -> None:
        addon = Nightlatch()
        self._master = GuardMaster(addon)
        assert isinstance(self._master.addons, HookTable)
        self._table = self._master.addons
        self._table.add(self._witness)
        own = {f"nightlatch_{name}": value for name, value in _OPTIONS.items()}
        here = {"nightlatch_ledger": str(folder / "ledger.db"), "confdir": str(folder)}
        self._master.configure({**own, **here, **FIXED_OPTIONS, **site_options(SITE, *LISTENING)})
        assert addon.service is not None
        self.guard = addon.service.guard

    def _log_in(self, value: bytes) -> None:
        """The application issues its cookie."""
        issuing = EMPTY_ANSWER.replace(b"\r\n\r\n", b"\r\nSet-Cookie: sid=%s; Path=/\r\n\r\n" % value)
        self.feed(b"POST /login HTTP/1.1\r\nHost: %s\r\nContent-Length: 0\r\n\r\n" % HOST, answer=issuing)

    async def _end_newest(self) -> None:
        newest = self.guard.reader.sessions()[0]
        await self.guard.end(newest, End(self.guard.clock.now(), "admin"))


def context(options: object, *, http2: bool) -> Context:
    """Of a client that has connected, by TLS where it speaks HTTP/2."""
    mode = ProxyMode.parse(f"reverse:{SITE}")
    assert isinstance(mode, ReverseMode)
    there = ("127.0.0.1", 50_000)
    client = Client(peername=there, sockname=LISTENING, timestamp_start=0, proxy_mode=mode, state=ConnectionState.OPEN)
    if http2:
        client.tls, client.alpn, client.timestamp_tls_setup = True, b"h2", 1.0
    made = Context(client, options)  # type: ignore[arg-type]  # options of a master
    made.server.address = mode.address
    return made


class Wire:
    """One client connection: mitmproxy's commands carried out without sockets."""

    def __init__(self, table: HookTable, at: Context, answer: bytes) -> None:
        self._table, self._context, self._answer = table, at, answer
        self._layer = InlineHooks(HttpLayer(at, HTTPMode.transparent), table)
        self._coming: deque[events.Event] = deque()
        self.upstream: dict[Connection, Application] = {}
        self.client, self.taken, self.cut = b"", 0, False
        self.said: list[str] = []

    async def run(self, pieces: tuple[bytes, ...]) -> None:
        await self._happen(events.Start())
        for piece in pieces:
            if self._context.client.state & ConnectionState.CAN_READ:
                self.taken += len(piece)
                await self._happen(events.DataReceived(self._context.client, piece))
        self.cut = self._context.client.state is ConnectionState.CLOSED
        for connection in (self._context.client, *self.upstream):
            if connection.state is not ConnectionState.CLOSED:
                connection.state = ConnectionState.CLOSED
                await self._happen(events.ConnectionClosed(connection))

    async def _happen(self, event: events.Event) -> None:
        self._coming.append(event)
        while self._coming:
            for command in list(self._layer.handle_event(self._coming.popleft())):
                await self._carry_out(command)

    async def _carry_out(self, command: commands.Command) -> None:
        if isinstance(command, commands.SendData):
            self._send(command)
        elif isinstance(command, commands.OpenConnection):
            command.connection.state = ConnectionState.OPEN
            self.upstream[command.connection] = Application(self._answer)
            self._coming.append(events.OpenConnectionCompleted(command, None))
        elif isinstance(command, commands.CloseConnection):
            self._close(command.connection)
        elif isinstance(command, commands.StartHook):
            await self._table.handle_lifecycle(command)
            if command.blocking:
                self._coming.append(events.HookCompleted(command))
        elif isinstance(command, commands.Log):
            self.said.append(command.message)

    def _send(self, command: commands.SendData) -> None:
        if command.connection is self._context.client:
            self.client += command.data
            return
        answer = self.upstream[command.connection].take(command.data)
        if answer:
            self._coming.append(events.DataReceived(command.connection, answer))
            if self.upstream[command.connection].closes:
                self._close(command.connection)

    def _close(self, connection: Connection) -> None:
        if connection.state is not ConnectionState.CLOSED:
            connection.state = ConnectionState.CLOSED
            self._coming.append(events.ConnectionClosed(connection))
