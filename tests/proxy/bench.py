"""A guard in this process and without sockets: the addon's hooks on flows made by hand, a real ledger, a clock to set.

Hooks are called in mitmproxy's order, and awaited as mitmproxy does: requestheaders, request, responseheaders,
response. The wall clock of a bench stands still until it is moved.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlencode

from mitmproxy import http, websocket
from mitmproxy.test import tflow
from wsproto.frame_protocol import Opcode

from nightlatch.clock import WarpedClock
from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Kind
from nightlatch.core.warp import Warp
from nightlatch.ledger.opening import open_writer
from nightlatch.ledger.port import LedgerWriter
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.judged import Judged, judged
from nightlatch.proxy.options import OPTIONS
from nightlatch.proxy.service import Service, open_service
from nightlatch.proxy.settings import read_settings

T = TypeVar("T")
SITE = "http://127.0.0.1:3000"
ORIGIN = "http://localhost:8080"
OWN = "nightlatch-8080"
START = 4_102_444_800 * SECOND
"""The beginning of the year 2100: later than anything the ledger notes while it is opened."""

NAVIGATION = {"Accept": "text/html", "Sec-Fetch-Mode": "navigate"}
SCRIPT = {"Sec-Fetch-Mode": "cors"}
HANDSHAKE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}

_LISTENING = 8080


class Bench:
    """One guard of `SITE`, reached as `ORIGIN`. Options are those of `proxy.options`, the policy's text apart."""

    def __init__(self, folder: Path, policy: str = "", **options: str) -> None:
        self.runner = asyncio.Runner()
        self.wall = START
        self.cut: list[tuple[http.HTTPFlow, str]] = []
        self.codes: list[int] = []
        """The WebSocket close codes of `cut`."""
        self.ledger = folder / "ledger.db"
        values = {option.name: option.default for option in OPTIONS} | {"ledger": str(self.ledger)}
        if policy:
            (folder / "policy.toml").write_text(f'[policy]\nname = "test"\n{policy}')
            values["policy"] = str(folder / "policy.toml")
        self.service: Service = open_service(read_settings(values | options), SITE)
        self.guard = self.service.guard
        self.guard.clock = WarpedClock(self.guard.reader, lambda: self.wall)
        self.addon = Nightlatch()
        self.addon.service = self.service

    def close(self) -> None:
        self.run(_closing(self.service))
        self.runner.close()

    def run(self, work: Coroutine[object, object, T]) -> T:
        return self.runner.run(work)

    def later(self, minutes: float = 0, us: int = 0) -> None:
        """Time passes."""
        self.wall += int(minutes * MINUTE) + us

    def enter(self, flow: http.HTTPFlow, body: bytes = b"") -> http.HTTPFlow:
        """The request's head arrives, then its body."""
        return self.body(self.begin(flow), body)

    def begin(self, flow: http.HTTPFlow) -> http.HTTPFlow:
        """The request's head arrives."""
        self.run(_awaited(self.addon.requestheaders, flow))
        return flow

    def body(self, flow: http.HTTPFlow, body: bytes) -> http.HTTPFlow:
        """The request's body has arrived."""
        flow.request.raw_content = body
        self.run(_awaited(self.addon.request, flow))
        return flow

    def answer(self, flow: http.HTTPFlow, status: int = 200, *fields: tuple[str, str]) -> http.HTTPFlow:
        """The upstream's head arrives."""

        async def hooks() -> None:
            if (waiting := self.addon.responseheaders(flow)) is not None:
                await waiting

        given = http.Headers([(name.encode(), value.encode()) for name, value in fields])
        flow.response = http.Response.make(status)
        flow.response.headers = given
        self.run(hooks())
        return flow

    def finish(self, flow: http.HTTPFlow) -> http.HTTPFlow:
        """The answer's body has arrived."""
        self.run(_called(self.addon.response, flow))
        return flow

    def ask(self, path: str = "/", **about: Any) -> http.HTTPFlow:
        """A request up to where it would go to the upstream."""
        return self.enter(a_flow(path, **about))

    def visit(self, path: str = "/", *fields: tuple[str, str], status: int = 200, **about: Any) -> http.HTTPFlow:
        """A whole exchange; `fields` are the header fields of the upstream's answer, if the request gets there."""
        flow = self.ask(path, **about)
        if flow.response is None:
            self.answer(flow, status, *fields)
        return self.finish(flow)

    def post(self, page: str, form: dict[str, str] | None = None, **about: Any) -> http.HTTPFlow:
        """A form is sent to one of nightlatch's own pages."""
        body = urlencode(form or {}).encode()
        headers = {"Origin": ORIGIN, "Content-Length": str(len(body))} | about.pop("headers", {})
        return self.enter(a_flow(f"/.nightlatch/{page}", method="POST", headers=headers, **about), body)

    def log_in(self, user: str = "ada", **about: Any) -> str:
        """The Cookie header after a dev login."""
        return cookie_of(self.post("login", {"user": user}, **about))

    def kind(self, path: str = "/", **about: Any) -> Kind:
        """The verdict on a request, whose exchange is over at once."""
        return the(self.visit(path, **about)).verdict.kind

    def socket(self, cookie: str = "", path: str = "/ws", **about: Any) -> http.HTTPFlow:
        """An open WebSocket."""
        flow = self.ask(path, cookie=cookie, headers=HANDSHAKE, **about)
        self.answer(flow, 101, ("Upgrade", "websocket"), ("Connection", "Upgrade"))
        flow.websocket = websocket.WebSocketData()
        return flow

    def say(self, flow: http.HTTPFlow, *, from_client: bool = True) -> bool:
        """A message; whether it passes."""
        assert flow.websocket is not None
        message = websocket.WebSocketMessage(Opcode.TEXT, from_client, b"hi", self.wall / SECOND)
        flow.websocket.messages.append(message)
        self.run(_called(self.addon.websocket_message, flow))
        return not message.dropped

    def sweep(self) -> int:
        return self.run(self.service.sweepers[SITE].sweep())

    def look(self) -> list[str]:
        """The reasons with which exchanges have been cut."""
        self.run(self.service.watch.look())
        return [reason for _, reason in self.cut]

    @contextmanager
    def elsewhere(self) -> Iterator[LedgerWriter]:
        """Another process's hand on the same ledger."""
        writer = open_writer(self.guard.settings.ledger)
        try:
            yield writer
        finally:
            writer.close()

    def revoke(self, session: Session) -> None:
        """Another process ends a session."""
        end = End(self.guard.clock.now(), "admin")
        with self.elsewhere() as writer:
            writer.end(session.id, end, self.guard.end_event(session, end))

    def warp(self, minutes: float) -> None:
        """Another process moves the clock."""
        with self.elsewhere() as writer:
            segment = self.guard.reader.warp().advance(self.wall, int(minutes * MINUTE))
            writer.warp(segment, Event(EventType.CLOCK_WARPED, segment.warped_at, policy="test"))
        assert self.guard.reader.warp() != Warp()

    def session(self, flow: http.HTTPFlow | None = None) -> Session:
        """The session of `flow` as it stands now; without one the newest of the ledger."""
        if flow is None:
            return self.guard.reader.sessions()[0]
        found = the(flow).session
        assert found is not None
        stored = self.guard.reader.session(found.id)
        assert stored is not None
        return self.guard.current(stored, self.guard.clock.now())

    def trail(self, *, but: Iterable[EventType] = (EventType.POLICY_LOADED,)) -> list[str]:
        """The types of all events so far, oldest first."""
        self.written()
        return [str(chained.event.type) for chained in self.guard.reader.events() if chained.event.type not in but]

    def written(self) -> None:
        """Wait until everything that was handed to the writer is on disk."""
        self.guard.behind.submit(lambda writer: writer.probe()).result()


def a_flow(
    path: str = "/",
    *,
    method: str = "GET",
    cookie: str = "",
    headers: dict[str, str] | None = None,
    host: str = "localhost:8080",
    address: str = "127.0.0.1",
) -> http.HTTPFlow:
    """A flow of which the request's head has arrived."""
    given = {"Host": host} | ({"Cookie": cookie} if cookie else {}) | (headers or {})
    fields = http.Headers([(name.encode(), value.encode()) for name, value in given.items()])
    request = http.Request(
        "127.0.0.1", 3000, method.encode(), b"http", b"", path.encode(), b"HTTP/1.1", fields, None, None, 0.0, None
    )
    flow = tflow.tflow(req=request)
    flow.client_conn.sockname = ("127.0.0.1", _LISTENING)
    flow.client_conn.peername = (address, 50000)
    flow.client_conn.timestamp_tls_setup = None
    return flow


def the(flow: http.HTTPFlow) -> Judged:
    """What the gate found out about a flow that reached it."""
    found = judged(flow)
    assert found is not None
    return found


def response(flow: http.HTTPFlow) -> http.Response:
    """The answer that a flow has."""
    assert flow.response is not None
    return flow.response


def cookie_of(flow: http.HTTPFlow) -> str:
    """The Cookie header with which a browser would follow the answer's only Set-Cookie."""
    (line,) = response(flow).headers.get_all("set-cookie")
    return line.partition(";")[0]


async def _closing(service: Service) -> None:
    service.close()


async def _awaited(hook: Any, flow: http.HTTPFlow) -> None:
    if (waiting := hook(flow)) is not None:
        await waiting


async def _called(hook: Any, flow: http.HTTPFlow) -> None:
    hook(flow)
