"""A receiver of alerts that can be down: it notes what it gets, and answers as it is told."""

import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Got(NamedTuple):
    """One POST."""

    path: str
    headers: Mapping[str, str]
    body: str


class Receiver:
    """Listens on a port of its own from `start` to `stop`; the port stays the same."""

    def __init__(self) -> None:
        self.got: list[Got] = []
        self.status = 204
        self.answer = b""
        self.more: dict[str, str] = {}
        self.port = 0
        self.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def start(self) -> None:
        """Listen (again)."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                headers = {name.lower(): value for name, value in self.headers.items()}
                if receiver.status < 300:
                    receiver.got.append(Got(self.path, headers, body))
                self.send_response(receiver.status)
                self.send_header("Content-Length", str(len(receiver.answer)))
                for name, value in receiver.more.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(receiver.answer)

            def log_message(self, format: str, *args: object) -> None:
                """Quietly."""

        self._server: ThreadingHTTPServer | None = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self.port = self._server.server_port
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    def stop(self) -> None:
        """Be down: connections are refused."""
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
