"""An application that remembers which paths it was asked for: what reached it is what was let in. Knows nothing of
sessions."""

import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class Upstream:
    """A server on a free port, on threads of this process; a context manager."""

    def __init__(self) -> None:
        self.asked: Counter[str] = Counter()
        """How often for paths that begin with `/FIRST/`, by `FIRST`."""
        noted = self.asked

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True  # else the body of an answer waits 40 ms for its head to be acknowledged

            def do_GET(self) -> None:
                noted[self.path.split("/")[1]] += 1
                self.send_response(200)
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

            def log_message(self, *_: object) -> None:
                """Quiet."""

        class Server(ThreadingHTTPServer):
            daemon_threads = True

            def handle_error(self, *_: object) -> None:
                """A guard that was killed left its connections: no news."""

        self._server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> "Upstream":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
