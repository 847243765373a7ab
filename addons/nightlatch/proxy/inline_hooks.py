"""Hooks called where they are due, instead of in a task of their own each; and fewer, larger writes.

mitmproxy starts an asyncio task for every hook of every request, even when the hook only returns. `InlineHooks`
stands between a connection and its layers: it calls the hooks itself and tells the layers so as soon as they are
through with the event at hand. That is the order in which mitmproxy does it on Python 3.12 and newer, where tasks
run at once. A hook that must be awaited still goes to mitmproxy's task. And what mitmproxy writes to one socket
piece by piece (the head of an answer, then its body) is written together. Nothing here knows what the hooks do.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator, Layer
from mitmproxy.proxy.mode_servers import ProxyConnectionHandler

from nightlatch.proxy.direct_reading import read_directly
from nightlatch.proxy.hook_table import HookTable
from nightlatch.proxy.lean_mitmproxy import Proxyserver
from nightlatch.proxy.quick_layers import let_go, past_the_front

LARGEST_WRITE = 65_536
"""Bytes that are put together at most; beyond that, copying costs more than a second write."""


class InlineHooks:
    """In the place of a connection's outermost layer."""

    def __init__(self, layer: Layer, table: HookTable) -> None:
        self.layer, self.context, self._table = layer, layer.context, table
        self._inner = layer

    def handle_event(self, event: events.Event) -> CommandGenerator[None]:
        """Pass `event` down; of what comes up, keep the hooks that could be called at once."""
        return joined(self._without_hooks(event))

    def _without_hooks(self, event: events.Event) -> CommandGenerator[None]:
        if self._inner is self.layer:
            self._inner = past_the_front(self.layer)
        coming = deque((event,))
        while coming:
            for command in self._inner.handle_event(coming.popleft()):
                if not isinstance(command, commands.StartHook) or not self._table.begin(command):
                    yield command
                elif command.blocking:
                    coming.append(events.HookCompleted(command))
        let_go()


def joined(given: Iterable[commands.Command]) -> CommandGenerator[None]:
    """`given`, with consecutive writes to one connection made one; the order of everything stays."""
    held: commands.SendData | None = None
    for command in given:
        if not isinstance(command, commands.SendData):
            if held is not None:
                yield held
                held = None
            yield command
        elif held is None:
            held = command
        elif held.connection is command.connection and len(held.data) + len(command.data) <= LARGEST_WRITE:
            held = commands.SendData(held.connection, held.data + command.data)
        else:
            yield held
            held = command
    if held is not None:
        yield held


class InlineProxyserver(Proxyserver):
    """mitmproxy's server addon, under its name, with inline hooks on every connection."""

    name = "proxyserver"

    def __init__(self, table: HookTable) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # mitmproxy leaves it bare
        self._table = table

    @contextmanager
    def register_connection(
        self, connection_id: tuple[object, ...] | str, handler: ProxyConnectionHandler
    ) -> Iterator[None]:
        """Called once for a new connection, before anything is read from it."""
        handler.layer = InlineHooks(handler.layer, self._table)  # type: ignore[assignment]  # all that is used of it
        read_directly(handler)
        with super().register_connection(connection_id, handler):
            yield
