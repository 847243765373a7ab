"""mitmproxy's passing of events and commands between its layers, written out without what nobody here asks for.

For `nightlatch run` only. A request makes some seventy steps from layer to layer. At each, mitmproxy looks whether it
should print it (`proxy_debug`, to which this gives way), and asks up to nine times of which class a command is; hooks
and events make sure, at each birth, that their class was declared well. A test holds the sources that this stands for
against those of every supported version. Knows nothing of requests.
"""

from collections.abc import Callable, Iterator
from typing import Any

from mitmproxy import hooks
from mitmproxy.connection import Connection, ConnectionState
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layer import CommandGenerator, Layer, NextLayer, Paused
from mitmproxy.proxy.layers.http import (
    DropStream,
    GetHttpConnection,
    HttpLayer,
    RegisterHttpConnection,
    SendHttp,
)
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import RequestHeaders
from mitmproxy.proxy.layers.modes import ReverseProxy

_stock_handle, _stock_connection = Layer.handle_event, HttpLayer.get_connection

_PASSED_ON = frozenset({commands.SendData, commands.Log, commands.CloseConnection, commands.CloseTcpConnection})
"""Commands that a layer of HTTP hands up as they are, and that ask for no reply."""
FEW = 8
"""Connections that may be looked through at every request."""

_dropped: list[Any] = []
"""Streams that are over, since the event at hand began."""


def hasten() -> None:
    """Do so from now on. Doing it twice is harmless."""
    quicker: tuple[tuple[type, Callable[..., object]], ...] = (
        (Layer, handle_event),
        (HttpLayer, event_to_child),
        (HttpLayer, get_connection),
        (hooks.Hook, __new__),
        (commands.StartHook, __new__),
        (events.CommandCompleted, __new__),
    )
    for owner, function in quicker:
        setattr(owner, function.__name__, function)


def __new__(cls: type, *_: object, **__: object) -> Any:  # named as the method it becomes
    """An event or command; whether its class is a dataclass was seen when that was made."""
    return object.__new__(cls)


def handle_event(self: Any, event: Any) -> Iterator[Any]:
    """`Layer.handle_event`. A plain function: the generator that does the work is the only one."""
    if self.debug is not None:
        return _stock_handle(self, event)
    return _resumed(self, event) if self._paused else _begun(self, event)


def _begun(self: Any, event: Any) -> CommandGenerator[None]:
    work = self._handle_event(event)
    for command in work:
        if command.blocking is True:
            command.blocking = self
            self._paused = Paused(command, work)
            yield command
            return
        yield command


def _resumed(self: Any, event: Any) -> CommandGenerator[None]:
    if isinstance(event, events.CommandCompleted) and event.command is self._paused.command:
        yield from self._Layer__continue(event)
    else:
        self._paused_event_queue.append(event)


def event_to_child(self: Any, child: Any, event: Any) -> CommandGenerator[None]:
    """`HttpLayer.event_to_child`: what passes most is dealt with here, the rest as mitmproxy does."""
    for command in child.handle_event(event):
        kind = type(command)
        if kind is ReceiveHttp:
            received = command.event
            if isinstance(received, RequestHeaders):
                yield from self.make_stream(received.stream_id)
            stream = self.streams.get(received.stream_id)
            if stream is not None:
                yield from self.event_to_child(stream, received)
        elif kind is SendHttp:
            yield from self.event_to_child(self.connections[command.connection], command.event)
        elif kind in _PASSED_ON:
            yield command
        elif kind is DropStream:
            dropped = self.streams.pop(command.stream_id, None)
            if dropped is not None:
                _dropped.append(dropped)
        else:
            yield from _route(self, child, command)


def _route(self: Any, child: Any, command: Any) -> CommandGenerator[None]:
    """Commands of which the child that gave them may await a reply."""
    if command.blocking or isinstance(command, commands.RequestWakeup):
        self.command_sources[command] = child
    if isinstance(command, GetHttpConnection):
        yield from self.get_connection(command)
    elif isinstance(command, RegisterHttpConnection):
        yield from self.register_connection(command)
    else:
        if isinstance(command, commands.OpenConnection):
            self.connections[command.connection] = child
        yield command


def get_connection(self: Any, event: Any, *, reuse: bool = True) -> Iterator[Any]:
    """`HttpLayer.get_connection`, which looks through every connection that a client's has ever had to the upstream:
    over HTTP/2 there is a new one with each request, and none is forgotten."""
    if len(self.connections) > FEW:
        used = {id(stream.flow.server_conn) for stream in self.streams.values() if hasattr(stream, "flow")}
        self.connections = {
            connection: layer
            for connection, layer in self.connections.items()
            if id(connection) in used or not _is_over(connection, self.context)
        }
    return _stock_connection(self, event, reuse=reuse)


def _is_over(connection: Connection, context: Context) -> bool:
    """Whether nothing can come of it any more. One that could not be opened stays: mitmproxy tells so again."""
    closed = connection.state is ConnectionState.CLOSED and connection.timestamp_end is not None
    return closed and not connection.error and connection is not context.client and connection is not context.server


def let_go() -> None:
    """Free what carried requests that are over; called between events, when none of it runs any more.

    A stream refers to itself in three ways, so that only the garbage collector would free it, the request and its
    bodies: some forty objects, hundreds of times over, in one pause. One that still waits for a hook is left to it.
    """
    while _dropped:
        stream = _dropped.pop()
        if not stream._paused:
            stream.context.layers.clear()
            stream.client_state = stream.server_state = _silent


def _silent(_: object) -> tuple[()]:
    """What a stream says that is over."""
    return ()


def past_the_front(layer: Layer) -> Layer:
    """The layer that a reverse proxy's outermost ones pass everything to, once they have found it; else `layer`."""
    child = getattr(layer, "child_layer", None)
    if type(layer) is not ReverseProxy or layer._paused or not isinstance(child, NextLayer) or child._paused:
        return layer
    return child.layer if child._handle is not None and child.layer is not None else layer
