"""An application that keeps every byte of every connection, and answers every whole request: what was judged can be
held against what arrived."""

import socket
import threading
from collections.abc import Callable

from scripts.fuzzing.wire_readers import Application


class Recording:
    """Read `connections`: one reader of HTTP each, in the order in which they were opened."""

    def __init__(self) -> None:
        self.connections: list[Application] = []
        self.issues: bytes | None = None
        """A cookie that is set by the answers to come."""
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._threads: list[threading.Thread] = []
        self._start(self._accept)

    def close(self) -> None:
        self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        for thread in self._threads:
            thread.join(5)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._listening.getsockname()[1]}"

    def _start(self, target: Callable[..., None], *arguments: object) -> None:
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listening.accept()
            except OSError:
                return
            self._start(self._serve, connection)

    def _serve(self, connection: socket.socket) -> None:
        cookie = b"Set-Cookie: sid=%b; Path=/\r\n" % self.issues if self.issues else b""
        application = Application(b"HTTP/1.1 200 OK\r\n%bContent-Length: 0\r\n\r\n" % cookie)
        self.connections.append(application)
        with connection:
            connection.settimeout(60)
            try:
                while data := connection.recv(65_536):
                    connection.sendall(application.take(data))
                    if application.closes or application.fault is not None:
                        return
            except OSError:
                return
