"""The server itself: its socket, its token, its beginning and its end. It runs in the guard's own loop."""

import secrets
import socket
from collections.abc import Iterator
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.web import Application

from nightlatch.web import pages, tarball
from nightlatch.web.asking import Reading
from nightlatch.web.control import Control
from nightlatch.web.handler import Endpoint, Missing
from nightlatch.web.routes import ROUTES, Route
from nightlatch.web.serving import Serving
from nightlatch.web.stream import Changes

LARGEST_BODY = 2 << 20
"""Bytes; a policy of the largest size, escaped as JSON."""


class ControlServer:
    """One control API on a port of its own."""

    def __init__(self, control: Control, host: str, port: int) -> None:
        """Take the port; nothing is answered before `start`.

        Raises:
            OSError: the address cannot be listened on.
            LedgerError: the ledger cannot be read.
        """
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self._socket = socket.create_server((host, port), family=family)
        self._socket.setblocking(False)
        try:
            ledger = Reading(control.place().ledger)
        except BaseException:
            self._socket.close()
            raise
        self.token = secrets.token_urlsafe(32)
        self.url = _url(host, self._socket.getsockname()[1])
        self._serving = Serving(control, ledger, Changes(ledger), self.token)
        self._server: HTTPServer | None = None

    def start(self) -> None:
        """Answer requests, in the running loop."""
        application = Application(
            [
                *pages.handlers(self._serving),
                (tarball.PATH, tarball.Client, {"serving": self._serving}),
                *_handlers(self._serving),
            ],
            default_handler_class=Missing,
            default_handler_args={"serving": self._serving},
            log_function=_silent,
        )
        self._server = HTTPServer(application, max_body_size=LARGEST_BODY, idle_connection_timeout=120)
        self._server.add_socket(self._socket)

    def stop(self) -> None:
        """Close the port and let every stream end."""
        self._serving.changes.close()
        if self._server is not None:
            self._server.stop()
        else:
            self._socket.close()
        self._serving.ledger.close()


def _handlers(serving: Serving) -> Iterator[tuple[str, type[Endpoint], dict[str, Any]]]:
    paths: dict[str, dict[str, Route]] = {}
    for route in ROUTES:
        paths.setdefault(route.path, {})[route.method] = route
    for path, routes in paths.items():
        yield path.replace("{id}", "(?P<id>[^/]+)"), Endpoint, {"serving": serving, "routes": routes}


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _silent(_: object) -> None:
    """No access log: what is asked is the asker's business, and the trail tells what was changed."""
