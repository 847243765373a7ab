"""Random traffic through mitmproxy's HTTP layers, without sockets or tasks: what they answer to it, word by word.

The same seed is the same traffic as long as the layers say the same, so two ways of passing events on can be compared.
Run as a program it does that with mitmproxy's own way and the guard's: `python -m tests.proxy.layer_traffic COUNT`.
"""

import random
import sys
from collections.abc import Callable, Iterator

from h2.config import H2Configuration  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from h2.connection import H2Connection  # type: ignore[import-untyped,unused-ignore]  # typed from h2 4.2 on
from mitmproxy.addons.proxyserver import Proxyserver
from mitmproxy.connection import Client, Connection, ConnectionState, Server
from mitmproxy.http import HTTPFlow, Response
from mitmproxy.options import Options
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HttpLayer, HTTPMode
from mitmproxy.test import taddons

from nightlatch.proxy import quick_layers

ADDRESS = ("app.example", 80)
ANSWERS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello",
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
    b"HTTP/1.1 204 No Content\r\n\r\n",
    b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\nok",
    b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    b"HTTP/1.1 200 OK\r\n\r\nuntil it closes",
    b"nonsense\r\n\r\n",
)
REQUESTS = (
    b"GET /%d HTTP/1.1\r\nHost: app.example\r\n\r\n",
    b"HEAD /%d HTTP/1.1\r\nHost: app.example\r\n\r\n",
    b"POST /%d HTTP/1.1\r\nHost: app.example\r\nContent-Length: 4\r\n\r\nbody",
    b"POST /%d HTTP/1.1\r\nHost: app.example\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
    b"GET /%d HTTP/1.1\r\nHost: app.example\r\nConnection: close\r\n\r\n",
    b"GET /%d HTTP/1.1\r\nHost: app.example\r\nConnection: Upgrade\r\nUpgrade: odd\r\n\r\n",
    b"GET /%d no request\r\n\r\n",
)


class Traffic:
    """One client's connection. `after` is called when an event has been dealt with."""

    def __init__(self, seed: int, options: Options, after: Callable[[], None]) -> None:
        self._dice, self._after = random.Random(seed), after
        client = Client(peername=("192.0.2.1", 5), sockname=("127.0.0.1", 80), state=ConnectionState.OPEN)
        client.alpn = b"h2" if self._dice.random() < 0.4 else b"http/1.1"
        context = Context(client, options)
        context.server = Server(address=ADDRESS)
        self._client, self._layer = client, HttpLayer(context, HTTPMode.transparent)
        self._names: dict[Connection, str] = {client: "client"}
        self._asked: dict[Connection, bytes] = {}
        self._due: list[list[events.Event]] = []
        """What is to come, in rows each of which keeps its order."""
        self.said: list[str] = []

    def play(self) -> list[str]:
        """What the layers said to all of it."""
        self._take(events.Start())
        over_http2 = self._client.alpn == b"h2"
        told = _over_http2(self._dice) if over_http2 else _over_http1(self._dice)
        row: list[events.Event] = [events.DataReceived(self._client, data) for data in self._cut(told)]
        if self._dice.random() < 0.25:
            row.append(events.ConnectionClosed(self._client))
        self._due.append(row)
        while self._due:
            row = self._dice.choice(self._due)
            event = row.pop(0)
            self._due = [each for each in self._due if each]
            self._take(event)
        return self.said

    def _cut(self, told: bytes) -> Iterator[bytes]:
        while told:
            size = self._dice.choice((1, 7, 40, 1000))
            yield told[:size]
            told = told[size:]

    def _take(self, event: events.Event) -> None:
        if isinstance(event, events.ConnectionClosed):
            event.connection.state &= ~ConnectionState.CAN_READ
        elif isinstance(event, events.DataReceived) and not event.connection.state & ConnectionState.CAN_READ:
            return
        try:
            for command in self._layer.handle_event(event):
                self._hear(command)
        except Exception as error:  # mitmproxy's own mistakes are the same in both ways, too
            self.said.append(f"raised {error!r}")
            self._due.clear()
        self._after()

    def _hear(self, command: commands.Command) -> None:
        said = type(command).__name__
        if isinstance(command, commands.StartHook):
            (flow,) = command.args()
            said += f" {flow.request.method} {flow.request.path} {flow.response and flow.response.status_code}"
            if isinstance(flow, HTTPFlow):
                self._interfere(command, flow)
            self._due.append([events.HookCompleted(command)])
        elif isinstance(command, commands.Log):
            said += f" {command.message}"
        elif isinstance(command, commands.ConnectionCommand):
            said += f" {self._name(command.connection)}"
            self._of_connection(command)
            if isinstance(command, commands.SendData):
                said += f" {command.data!r}"
        self.said.append(said)

    def _interfere(self, hook: commands.StartHook, flow: HTTPFlow) -> None:
        chance = self._dice.random()
        if hook.name == "requestheaders" and chance < 0.15:
            flow.response = Response.make(403, b"no")
        elif hook.name in ("requestheaders", "responseheaders", "request") and chance > 0.95 and flow.killable:
            flow.kill()
        elif hook.name == "responseheaders" and chance < 0.5 and flow.response:
            flow.response.stream = True

    def _of_connection(self, command: commands.ConnectionCommand) -> None:
        connection = command.connection
        if isinstance(command, commands.OpenConnection):
            refused = "refused" if self._dice.random() < 0.1 else None
            connection.state = ConnectionState.CLOSED if refused else ConnectionState.OPEN
            connection.error = refused
            self._due.append([events.OpenConnectionCompleted(command, refused)])
        elif isinstance(command, commands.CloseConnection):
            connection.state, connection.timestamp_end = ConnectionState.CLOSED, 1.0
        elif isinstance(command, commands.SendData) and connection is not self._client:
            self._ask(connection, command.data)

    def _ask(self, connection: Connection, data: bytes) -> None:
        """The application answers each head that is whole, in pieces; now and then it hangs up afterwards."""
        heads = (self._asked.get(connection, b"") + data).split(b"\r\n\r\n")
        self._asked[connection] = heads[-1]
        for head in heads[:-1]:
            if b" /" in head:
                row: list[events.Event] = [
                    events.DataReceived(connection, part) for part in self._cut(self._dice.choice(ANSWERS))
                ]
                if self._dice.random() < 0.4:
                    row.append(events.ConnectionClosed(connection))
                self._due.append(row)

    def _name(self, connection: Connection) -> str:
        return self._names.setdefault(connection, f"server {len(self._names)}")


def _over_http1(dice: random.Random) -> bytes:
    return b"".join(
        request % number if b"%d" in request else request
        for number, request in enumerate(dice.choices(REQUESTS, (9, 2, 4, 4, 1, 1, 1), k=dice.randint(1, 6)))
    )


def _over_http2(dice: random.Random) -> bytes:
    client = H2Connection(H2Configuration(client_side=True))
    client.initiate_connection()
    for number in range(dice.randint(1, 6)):
        stream, body = client.get_next_available_stream_id(), dice.random() < 0.4
        head = {
            ":method": "POST" if body else "GET",
            ":path": f"/{number}",
            ":scheme": "http",
            ":authority": ADDRESS[0],
        }
        client.send_headers(stream, list(head.items()), end_stream=not body)
        if body:
            client.send_data(stream, b"body", end_stream=dice.random() < 0.8)
        if dice.random() < 0.2:
            client.reset_stream(stream)
    return bytes(client.data_to_send())


def played(count: int, after: Callable[[], None] = lambda: None) -> list[list[str]]:
    """What is said to the first `count` seeds."""
    with taddons.context(Proxyserver()) as context:
        return [Traffic(seed, context.options, after).play() for seed in range(count)]


def main(count: int) -> None:
    """Compare the two ways, and say how much was compared."""
    stock = played(count)
    quick_layers.hasten()
    for seed, (one, other) in enumerate(zip(stock, played(count, quick_layers.let_go), strict=True)):
        if one != other:
            place = next((at for at, both in enumerate(zip(one, other, strict=False)) if both[0] != both[1]), -1)
            raise SystemExit(
                f"seed {seed}, command {place}: {one[place : place + 2]} became {other[place : place + 2]}"
            )
    sys.stdout.write(f"{sum(map(len, stock))} {sum('200' in said for one in stock for said in one)}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]))
