"""Layers pass on what mitmproxy's own passing passes on, and what is over leaves nothing to the garbage collector."""

import asyncio
import gc
import subprocess
import sys
from functools import partial
from hashlib import sha256
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from mitmproxy.connection import Client, Connection, ConnectionState, Server
from mitmproxy.http import HTTPFlow
from mitmproxy.options import Options
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import GetHttpConnection, HttpLayer, HTTPMode, HttpStream
from tests.proxy.http2_client import http2
from tests.proxy.running import Application, asking, everything, guarding, serving, until

from nightlatch.proxy.quick_layers import FEW, get_connection

REQUEST = b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"
CLOSING = b"GET / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"

STOOD_FOR = {
    "mitmproxy.proxy.layer:Layer.handle_event": "fd88b0fb09ceddbb",
    "mitmproxy.proxy.layers.http:HttpLayer.event_to_child": "1095f6e1581d1780",
    "mitmproxy.hooks:Hook.__new__": "b06952a61b01b58e",
    "mitmproxy.proxy.commands:StartHook.__new__": "722d742f24074dc2",
    "mitmproxy.proxy.events:CommandCompleted.__new__": "e0df0ef4b3a4c67e",
    "mitmproxy.proxy.server:ConnectionHandler.handle_connection": "95c3f93e9824e527",
    "mitmproxy.net.http.validate:validate_headers": "e7647a94704363e7",
    "mitmproxy.net.http.http1.read:expected_http_body_size": "bf258f07286cf770",
    "mitmproxy.net.http.http1.read:connection_close": "d53e499096578d6b",
}
"""What of mitmproxy's is written out in another way, or asked once for parts that it is known to look at; and the
beginning of the SHA-256 of its source."""


@pytest.mark.parametrize("name", STOOD_FOR)
def test_what_it_stands_for_is_what_it_was_written_from(name: str) -> None:
    """When a new mitmproxy fails here: compare the two, carry over what has changed, then write down the new digest."""
    module, _, path = name.partition(":")
    code = f"import {module} as it; from inspect import getsource; print(getsource(it.{path}), end='')"
    source = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, timeout=60).stdout
    assert sha256(source).hexdigest()[:16] == STOOD_FOR[name]


def test_random_traffic_is_answered_word_for_word_as_by_mitmproxys_own_way() -> None:
    """In a process of its own: which way is taken holds for a whole process."""
    traffic = [sys.executable, "-m", "tests.proxy.layer_traffic", "400"]
    told = subprocess.run(traffic, capture_output=True, text=True, timeout=300)
    assert told.returncode == 0, told.stderr
    commands, answers = map(int, told.stdout.split())
    assert commands > 4000 and answers > 400


class Nobody:
    """An addon that lets everything through, and may wait in `response`."""

    def __init__(self, *, waits: bool = False) -> None:
        self.flows = 0
        if waits:
            self.response = self._later  # type: ignore[method-assign,assignment]

    def response(self, _: HTTPFlow) -> None:
        self.flows += 1

    async def _later(self, flow: HTTPFlow) -> None:
        await asyncio.sleep(0)
        self.flows += 1


@pytest.mark.parametrize("waits", [False, True])
def test_a_request_that_is_over_needs_no_garbage_collector(confdir: Path, waits: bool) -> None:
    addon = Nobody(waits=waits)

    async def streams_left() -> int:
        async with serving(Application()) as upstream, guarding(addon, upstream, confdir) as port:
            reader, writer = await asking(port, REQUEST)
            await reader.readuntil(b"Host: localhost")
            gc.collect()
            gc.disable()
            for _ in range(20):
                writer.write(REQUEST)
                await reader.readuntil(b"Host: localhost")
            await asyncio.sleep(0)
            left = sum(isinstance(thing, HttpStream) for thing in gc.get_objects())
            writer.write(CLOSING)
            await everything(reader)
            writer.close()
            return left

    try:
        assert asyncio.run(streams_left()) <= 2
    finally:
        gc.enable()
    assert addon.flows == 22


def test_nor_does_one_over_http2(confdir: Path) -> None:
    """And of its connections to the application, of which each request has its own, few are held."""

    async def left() -> tuple[int, int]:
        async with (
            serving(Application()) as upstream,
            guarding(Nobody(), upstream, confdir) as port,
            http2(port) as client,
        ):
            for number in range(40):
                stream = client.ask(f"/{number}", "ada")
                await until(partial(client.ended.__contains__, stream), "the end of the answer")
                if number == 10:
                    gc.collect()
                    gc.disable()
            await asyncio.sleep(0)
            streams = sum(isinstance(each, HttpStream) for each in gc.get_objects())
            gc.collect()
            here = urlsplit(upstream).port
            servers = (each for each in gc.get_objects() if isinstance(each, Server) and each.address)
            return streams, sum(each.address[1] == here for each in servers if each.address)

    try:
        streams, connections = asyncio.run(left())
    finally:
        gc.enable()
    assert streams <= 2 and connections <= FEW + 2


def layer_with(*servers: Server) -> HttpLayer:
    """A client's layer that has had connections to those servers."""
    layer = HttpLayer(Context(Client(peername=("", 1), sockname=("", 2)), Options()), HTTPMode.transparent)
    for connection in (layer.context.client, *servers):
        layer.connections[connection] = layer
    return layer


def server(**told: object) -> Server:
    made = Server(address=("localhost", 1))
    for name, value in told.items():
        setattr(made, name, value)
    return made


def remembered(layer: HttpLayer) -> list[Connection]:
    get_connection(layer, GetHttpConnection(("localhost", 1), False, None)).close()  # type: ignore[attr-defined]
    return [*layer.connections]


def test_connections_that_are_over_are_not_looked_through_for_ever() -> None:
    """Over HTTP/2 each request has an upstream connection of its own: a client's thousandth looked through 999."""
    opening, failed = server(), server(error="refused", timestamp_end=1.0)
    open_, half = server(state=ConnectionState.OPEN), server(state=ConnectionState.CAN_READ, timestamp_end=1.0)
    layer = layer_with(*(server(timestamp_end=1.0) for _ in range(FEW)), opening, failed, open_, half)
    assert remembered(layer) == [layer.context.client, opening, failed, open_, half]


def test_one_that_a_request_still_writes_to_is_kept() -> None:
    used = server(timestamp_end=1.0)
    layer = layer_with(*(server(timestamp_end=1.0) for _ in range(FEW)), used)
    layer.streams[1] = stream = HttpStream(layer.context.fork(), 1)
    layer.streams[3] = HttpStream(layer.context.fork(), 3)
    stream.flow = HTTPFlow(layer.context.client, used)
    assert remembered(layer) == [layer.context.client, used]


def test_few_are_left_alone_and_so_is_what_the_layer_itself_refers_to() -> None:
    few = layer_with(*(server(timestamp_end=1.0) for _ in range(FEW - 1)))
    assert len(remembered(few)) == FEW
    many = layer_with(*(server(timestamp_end=1.0) for _ in range(FEW)))
    many.context.server.timestamp_end = many.context.client.timestamp_end = 1.0
    many.connections[many.context.server] = many
    assert remembered(many) == [many.context.client, many.context.server]
