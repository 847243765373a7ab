"""Ending an exchange that is already under way, in the middle of whatever it is doing.

`flow.kill()` acts only where mitmproxy looks next, which for an open WebSocket or a stream is never. Here the layer
that carries the flow is found in its client's connection and made to end as though the other side had ended it:
a WebSocket by a close frame to both sides, a stream by a reset (HTTP/2) or a closed connection (HTTP/1). This is the
one place that reaches into mitmproxy's layers, so it is tested against every supported version. It knows no sessions.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from mitmproxy import ctx
from mitmproxy.connection import Connection
from mitmproxy.flow import Flow
from mitmproxy.http import Headers, HTTPFlow, Request, Response
from mitmproxy.net.http import status_codes
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.layers.http import HttpLayer, HttpStream, SendHttp, _events
from mitmproxy.proxy.layers.websocket import WebsocketLayer
from mitmproxy.proxy.server import ConnectionHandler
from wsproto.events import CloseConnection

POLICY_VIOLATION = 1008
"""The WebSocket close code for what is no longer allowed (RFC 6455 section 7.4.1)."""

_FOR_EVER = 10 * 365 * 86_400
"""Seconds."""

INTERNAL_ERROR = 1011
"""For a server that cannot go on through no fault of the client's."""

# mitmproxy 11 has numbers here; from 12 on they are members of an enum.
_ERRORS: Any = getattr(_events, "ErrorCode", None)
_SILENT: Any = _ERRORS.KILL if _ERRORS else status_codes.NO_RESPONSE
_CLIENT_GONE: Any = _ERRORS.CLIENT_DISCONNECTED if _ERRORS else status_codes.CLIENT_CLOSED_REQUEST


async def cut(flow: HTTPFlow, reason: str, code: int = POLICY_VIOLATION) -> None:
    """End `flow` now, wherever it stands; one that is over already is left alone.

    Args:
        flow: a WebSocket, a stream, a download, an upload.
        reason: told to the WebSocket's client (its first 123 bytes), and the flow's error for all others.
        code: the WebSocket close code.
    """
    handler = connection_of(flow)
    if handler is None:
        return
    found = next(_carriers(handler.layer, flow), None)
    if found is None:
        close(handler, flow.client_conn)
        return
    http, stream = found
    if isinstance(stream.child_layer, WebsocketLayer):
        _close_socket_at_next_event(stream.child_layer, reason, code)
    elif stream.child_layer is not None:
        close(handler, flow.client_conn)
        return
    else:
        _end_stream_at_next_event(stream, reason)
    # A wake-up is the one event that the HTTP layer hands to a stream of one's choice, whatever lies between them.
    wakeup = commands.RequestWakeup(0)
    http.command_sources[wakeup] = stream
    await handler.server_event(events.Wakeup(wakeup))


def kill_tunnel(flow: Flow) -> None:
    """End both connections of a flow that no further hook would see: an unexpected 101, a raw TCP flow.

    In `responseheaders` nothing of the 101 has reached the client yet.
    """
    if flow.killable:
        flow.kill()
    handler = connection_of(flow)
    if handler is not None:
        for connection in (flow.server_conn, flow.client_conn):
            close(handler, connection)


def connection_of(flow: Flow) -> ConnectionHandler | None:
    """The running connection of the client that `flow` belongs to; None once it is gone."""
    proxyserver = ctx.master.addons.get("proxyserver")
    handler: ConnectionHandler | None = proxyserver.connections.get(flow.client_conn.id) if proxyserver else None
    return handler


def close(handler: ConnectionHandler, connection: Connection | None) -> None:
    """Close one of the connections that `handler` serves, if it is open."""
    if connection is not None and (io := handler.transports.get(connection)) is not None and io.handler is not None:
        handler.close_connection(connection)


def _carriers(layer: Layer | None, flow: HTTPFlow) -> Iterator[tuple[HttpLayer, HttpStream]]:
    """The stream that carries `flow` and its HTTP layer, searched from `layer` downward."""
    if layer is None:
        return
    if isinstance(layer, HttpLayer):
        for stream in layer.streams.values():
            if getattr(stream, "flow", None) is flow:
                yield layer, stream
            yield from _carriers(stream.child_layer, flow)
    else:
        yield from _carriers(getattr(layer, "child_layer", None) or getattr(layer, "layer", None), flow)


def _close_socket_at_next_event(socket: WebsocketLayer, reason: str, code: int) -> None:
    """Put a close event before whatever the upstream says next; a frame that is half received does no harm."""

    def closing(_: events.Event) -> CommandGenerator[None]:
        socket._handle_event = socket.relay_messages
        socket.server_ws._events.append(CloseConnection(code=code, reason=reason))
        yield from socket.relay_messages(events.DataReceived(socket.context.server, b""))

    if socket.flow.live:
        socket._handle_event = closing


def _end_stream_at_next_event(stream: HttpStream, reason: str) -> None:
    """To the upstream the client has gone away, to the client the upstream has."""

    def ending(_: events.Event) -> CommandGenerator[None]:
        vars(stream).pop("_handle_event")
        yield from stream.handle_protocol_error(_events.RequestProtocolError(stream.stream_id, reason, _CLIENT_GONE))
        for farewell in _farewells(stream, reason):
            yield SendHttp(farewell, stream.context.client)

    stream._handle_event = ending


def is_grpc(request: Request) -> bool:
    """Whether this is a gRPC call (not gRPC-Web, which is an ordinary exchange)."""
    kind: str = request.headers.get("content-type", "")
    return kind == "application/grpc" or kind.startswith(("application/grpc+", "application/grpc;"))


def _farewells(stream: HttpStream, reason: str) -> Iterator[_events.HttpEvent]:
    """What the client gets at the end: a gRPC call its status, everybody else an end that cannot be taken for one."""
    response = stream.flow.response
    if stream.flow.request.is_http2 and is_grpc(stream.flow.request):
        status = Headers([(b"grpc-status", b"16"), (b"grpc-message", quote(reason, safe=" ()").encode())])
        if response is None or not response.stream:
            told = Headers([(b"content-type", b"application/grpc"), *status.fields])
            yield _events.ResponseHeaders(stream.stream_id, Response.make(200, b"", told), True)
        else:
            yield _events.ResponseTrailers(stream.stream_id, status)
        yield _events.ResponseEndOfMessage(stream.stream_id)
    else:
        yield _events.ResponseProtocolError(stream.stream_id, reason, _SILENT)


def stay_open(flow: HTTPFlow) -> None:
    """Do not close the connections of `flow` for being silent, as mitmproxy does after ten minutes: what is open ends
    when its session does."""
    handler = connection_of(flow)
    if handler is not None:
        handler.timeout_watchdog.timeout = _FOR_EVER
