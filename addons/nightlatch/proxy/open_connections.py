"""The connections of clients: those that do not say what they want are closed after a while, and when there are as many
as there is room for, the longest idle go.

mitmproxy waits ten minutes for a byte, and again after every byte, so whoever sends one now and then (slow-loris) keeps
a connection for ever; and it takes connections until the process may open no more files. Knows nothing of sessions.
"""

import asyncio
import logging
from collections.abc import Iterator, Mapping
from typing import Any

from mitmproxy.connection import Client, ConnectionState
from mitmproxy.proxy.layer import Layer, NextLayer
from mitmproxy.proxy.layers.http import HttpLayer
from mitmproxy.proxy.layers.http._http1 import Http1Server
from mitmproxy.proxy.layers.http._http2 import Http2Server
from mitmproxy.proxy.server import ConnectionHandler

from nightlatch.clock import monotonic_now
from nightlatch.proxy.file_limit import open_files
from nightlatch.proxy.live_flows import close

log = logging.getLogger(__name__)

PATIENCE = 30.0
"""Seconds for a TLS handshake, or from the first byte of a request's head to its last."""

MOST = 4096
"""Connections of clients, however many files may be open: each takes some 60 KiB."""

_FILES_OF_OUR_OWN = 64
_SHARE = 20
"""Of the connections a twentieth goes when there are too many."""

EVERY = 5.0
_TOLD_EVERY = 60.0
"""Seconds."""

_SECOND = 1_000_000

Handlers = Mapping[Any, ConnectionHandler]


class OpenConnections:
    """Looks over the open connections of a proxy."""

    def __init__(self, patience: float = PATIENCE, most: int | None = None) -> None:
        self._patience = patience
        self.most = room_for(open_files()) if most is None else most
        self._since: dict[Any, float] = {}
        self._told_at = -_TOLD_EVERY
        self._looked_at = 0.0

    async def look_now_and_then(self, handlers: Handlers) -> None:
        """`look`, if it is some seconds ago; called ten times a second."""
        now = monotonic_now() / _SECOND
        if now - self._looked_at >= EVERY:
            self._looked_at = now
            self.look(handlers, now)

    def look(self, handlers: Handlers, now: float) -> int:
        """Close what has been half a request for too long; how many. `now`: seconds, monotonic."""
        speaking = {key for key, handler in handlers.items() if is_half_said(handler)}
        self._since = {key: self._since.get(key, now) for key in speaking}
        late = [key for key, since in self._since.items() if now - since > self._patience]
        for key in late:
            _hang_up(handlers[key])
        return len(late)

    def make_room(self, client: Client, handlers: Handlers) -> None:
        """`client` has connected: if that makes one too many, the longest idle go, or else this one."""
        if len(handlers) <= self.most:
            return
        still = [handler for handler in handlers.values() if handler.client.state is not ConnectionState.CLOSED]
        if len(still) <= self.most:
            return  # the others are about to be gone
        idle = [handler for handler in still if _is_read(handler) and handler.client is not client and is_idle(handler)]
        idle.sort(key=lambda handler: handler.timeout_watchdog.last_activity)
        going = idle[: len(still) // _SHARE + 1]
        for handler in going:
            _hang_up(handler)
        if not going:
            client.error = "too many connections"
        self._tell(monotonic_now() / _SECOND)

    def _tell(self, now: float) -> None:
        if now - self._told_at >= _TOLD_EVERY:
            self._told_at = now
            log.warning(
                "%d connections are open, and there is room for no more: the longest idle are closed. "
                "If they are not an attack, allow more open files (`ulimit -n`, now %s)",
                self.most,
                open_files() or "unlimited",
            )


def room_for(files: int | None) -> int:
    """How many clients there is room for, with `files` that may be open: behind each may be another connection."""
    return MOST if files is None else max(8, min(MOST, (files - _FILES_OF_OUR_OWN) // 2))


def is_half_said(handler: ConnectionHandler) -> bool:
    """Whether a client has begun to say what it wants, and not come to the end: a TLS handshake, a request's head."""
    client = handler.client
    if client.tls and not client.tls_established:
        return True
    return any(_holds_a_part(layer) for layer in _layers(handler))


def is_idle(handler: ConnectionHandler) -> bool:
    """Whether nothing was asked on it that is not answered."""
    return not any(isinstance(layer, HttpLayer) and layer.streams for layer in _layers(handler))


def _holds_a_part(layer: Layer) -> bool:
    if isinstance(layer, NextLayer):
        return bool(layer.data_client())
    if isinstance(layer, Http1Server):
        return layer.state == layer.read_headers and len(layer.buf) > 0
    if isinstance(layer, Http2Server):
        buffer = layer.h2_conn.incoming_buffer
        held = vars(buffer).get("_data") or vars(buffer).get("data")  # h2 has renamed it
        return not layer.streams and bool(buffer._headers_buffer or held or buffer._preamble_len)
    return False


def _layers(handler: ConnectionHandler) -> Iterator[Layer]:
    """What stands between the socket and the requests, from the outside in."""
    layer: Any = handler.layer
    while layer is not None:
        yield layer
        if isinstance(layer, HttpLayer):
            served = layer.connections.get(handler.client)
            if served is not None:
                yield served
            return
        layer = getattr(layer, "child_layer", None) or getattr(layer, "layer", None)


def _is_read(handler: ConnectionHandler) -> bool:
    """Whether there is a task that reads from the client: it is what closes the socket."""
    io = handler.transports.get(handler.client)
    return io is not None and io.handler is not None


def _hang_up(handler: ConnectionHandler) -> None:
    """Close it, a moment later: where the task that reads has not run yet (before Python 3.12 none has, when it is
    made), to cancel it would leave the socket open for ever."""
    handler.client.state = ConnectionState.CLOSED
    asyncio.get_running_loop().call_soon(close, handler, handler.client)
