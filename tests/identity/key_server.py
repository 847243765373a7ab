"""An issuer's web server on loopback, as good or bad as a test wants it."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple


class Page(NamedTuple):
    """What is answered for a path."""

    body: bytes = b""
    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that has hung up is nothing to tell."""


class KeyServer:
    """`pages` by path; `stuck` while it is to give no answer; `asked` is the paths of all requests."""

    def __init__(self) -> None:
        self.pages: dict[str, Page] = {}
        self.asked: list[str] = []
        self.go = threading.Event()
        self.go.set()
        self._server = _Server(("127.0.0.1", 0), self._handler())
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    def publish(self, document: Any, path: str = "/jwks.json") -> str:
        """Answer `path` with `document` as JSON; its URL."""
        self.pages[path] = Page(json.dumps(document).encode())
        return self.url + path

    def publish_keys(self, *keys: dict[str, Any], path: str = "/jwks.json") -> str:
        """Publish `keys` as a JWKS; its URL."""
        return self.publish({"keys": keys}, path)

    def close(self) -> None:
        """Gone: connections are refused from now on."""
        self.go.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.asked.append(self.path)
                server.go.wait(30)
                page = server.pages.get(self.path, Page(b"nothing here", 404))
                self.send_response(page.status)
                for name, value in (("Content-Length", str(len(page.body))), *page.headers):
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(page.body)

            def log_message(self, format: str, *args: object) -> None:
                """Silent."""

        return Handler
