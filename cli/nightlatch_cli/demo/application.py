"""The demonstration application: a few pages, an API, a form, a poll, an event stream and a WebSocket, on tornado.

It has no login and no sessions, trusts the identity headers that the guard adds, and may not know the guard otherwise.
"""

import asyncio
from collections.abc import Awaitable

from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler
from tornado.websocket import WebSocketHandler

from nightlatch_cli.demo import pages

TICK = 1.0
"""Seconds between two events of the event stream."""


class Page(RequestHandler):
    """A page that is only text."""

    def initialize(self, title: str, body: str) -> None:
        self.title, self.body = title, body

    def get(self, *_: str) -> None:
        self.write(pages.page(self.title, self.body, user=self.request.headers.get("X-Forwarded-User", "")))


class Form(RequestHandler):
    """A form whose posts are counted."""

    def get(self) -> None:
        self.write(pages.page("Form", pages.FORM.format(count=self.settings["counts"]["saved"])))

    def post(self) -> None:
        self.settings["counts"]["saved"] += 1
        self.redirect("/form", status=303)


class Items(RequestHandler):
    """The JSON API: a list that can be added to."""

    def get(self) -> None:
        self.write({"items": self.settings["items"]})

    def post(self) -> None:
        self.settings["items"].append(self.request.body.decode("utf-8", "replace")[:200])
        self.set_status(201)
        self.write({"items": self.settings["items"]})


class Poll(RequestHandler):
    """What a page asks again and again: how often it was asked."""

    def get(self) -> None:
        counts: dict[str, int] = self.settings["counts"]
        counts["polls"] += 1
        self.write({"polls": counts["polls"]})


class Events(RequestHandler):
    """An event stream that ticks until the client goes away."""

    async def get(self) -> None:
        self.set_header("Content-Type", "text/event-stream")
        tick = 0
        try:
            while True:
                self.write(f"data: tick {tick}\n\n")
                await self.flush()
                tick += 1
                await asyncio.sleep(TICK)
        except StreamClosedError:
            return


class Echo(WebSocketHandler):
    """Says back what it hears."""

    def on_message(self, message: str | bytes) -> Awaitable[None]:
        return self.write_message(message)


class Health(RequestHandler):
    """What a load balancer asks."""

    def get(self) -> None:
        self.write({"status": "ok"})


def application() -> Application:
    """A new demonstration application with its own counters."""
    texts = {
        "/": ("Home", pages.HOME),
        "/reports(?:/.*)?": ("Reports", pages.REPORTS),
        "/admin(?:/.*)?": ("Administration", pages.ADMIN),
        "/poll": ("Poll", pages.POLL),
        "/stream": ("Stream", pages.STREAM),
        "/socket": ("Socket", pages.SOCKET),
    }
    handlers: list[tuple[str, type[RequestHandler]]] = [
        ("/form", Form),
        ("/api/items", Items),
        ("/api/poll", Poll),
        ("/events", Events),
        ("/ws", Echo),
        ("/healthz", Health),
    ]
    routes = [(path, Page, {"title": title, "body": body}) for path, (title, body) in texts.items()]
    return Application(
        [*handlers, *routes], items=["lamp", "ladder"], counts={"saved": 0, "polls": 0}, log_function=silent
    )


def silent(_: RequestHandler) -> None:
    """No access log: the guard's is the one to watch."""


def serve(address: str = "127.0.0.1") -> tuple[HTTPServer, str]:
    """Serve a new application on a free port of the running loop; the server (to be stopped) and its URL."""
    sockets = bind_sockets(0, address)
    server = HTTPServer(application())
    server.add_sockets(sockets)
    return server, f"http://{address}:{sockets[0].getsockname()[1]}"
