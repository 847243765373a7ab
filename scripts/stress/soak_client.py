"""One client of the soak: a connection that is kept alive, and what HTTP/1.1 needs to be spoken over it quickly."""

import contextlib
import socket
from time import perf_counter
from typing import NamedTuple
from urllib.parse import urlsplit

PATIENCE = 60.0
"""Seconds that an answer may take, also on a machine that does something else."""


class Answer(NamedTuple):
    """What came back."""

    status: int
    verdict: str
    """Empty when the guard let it pass."""
    cookie: str
    """The credential that was given, `NAME=VALUE`; empty when none was."""
    seconds: float


class Client:
    """A connection that is opened when it is needed."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self.place, self.host, self.origin = (parts.hostname or "", parts.port or 80), parts.netloc, url
        self._socket: socket.socket | None = None

    def close(self) -> None:
        """The next request opens another one."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def ask(self, path: str, cookie: str = "", agent: str = "soak/1", accept: str = "application/json") -> Answer:
        """GET `path`."""
        return self._exchange(f"GET {path} HTTP/1.1\r\n{self._fields(cookie, agent)}Accept: {accept}\r\n\r\n")

    def submit(self, path: str, cookie: str = "", body: str = "") -> Answer:
        """POST a form of the guard's own."""
        about = f"Origin: {self.origin}\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        length = f"Content-Length: {len(body)}\r\n"
        return self._exchange(f"POST {path} HTTP/1.1\r\n{self._fields(cookie, 'soak/1')}{about}{length}\r\n{body}")

    def open_socket(self, cookie: str) -> socket.socket | None:
        """A WebSocket of its own; None when it is refused."""
        return self._held("/ws", cookie, "Connection: Upgrade\r\nUpgrade: websocket\r\n" + _HANDSHAKE)

    def open_stream(self, cookie: str) -> socket.socket | None:
        """An event stream of its own; None when it is refused."""
        return self._held("/events", cookie, "Accept: text/event-stream\r\n")

    def _held(self, path: str, cookie: str, fields: str) -> socket.socket | None:
        held = socket.create_connection(self.place, PATIENCE)
        held.sendall(f"GET {path} HTTP/1.1\r\n{self._fields(cookie, 'soak/1')}{fields}\r\n".encode())
        if held.recv(4096)[9:12] in (b"101", b"200"):
            return held
        held.close()
        return None

    def _fields(self, cookie: str, agent: str) -> str:
        given = f"Cookie: {cookie}\r\n" if cookie else ""
        return f"Host: {self.host}\r\nUser-Agent: {agent}\r\n{given}"

    def _exchange(self, request: str) -> Answer:
        begun = perf_counter()
        for fresh in (False, True):
            if self._socket is None:
                self._socket, fresh = socket.create_connection(self.place, PATIENCE), True
            try:
                self._socket.sendall(request.encode())
                return self._answer(begun)
            except ConnectionError:
                self.close()
                if fresh:
                    raise
        raise AssertionError  # the second turn answers or raises

    def _answer(self, begun: float) -> Answer:
        assert self._socket is not None
        received = b""
        while (end := received.find(b"\r\n\r\n")) < 0:
            received += self._more()
        head = received[:end].decode("latin-1")
        body = int(_value(head, "content-length") or 0)
        while len(received) < end + 4 + body:
            received += self._more()
        if _value(head, "connection").lower() == "close":
            self.close()
        cookie = _value(head, "set-cookie")
        given = "" if "Max-Age=0" in cookie else cookie.partition(";")[0]
        verdict = _value(head, "nightlatch-verdict").partition(";")[0]
        return Answer(int(head[9:12]), verdict, given, perf_counter() - begun)

    def _more(self) -> bytes:
        assert self._socket is not None
        data = self._socket.recv(65536)
        if not data:
            raise ConnectionResetError
        return data


_HANDSHAKE = "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"


def is_cut(held: socket.socket) -> bool:
    """Whether the other end has closed `held`, whatever was sent before."""
    held.setblocking(False)
    with contextlib.suppress(BlockingIOError, ConnectionError):
        while data := held.recv(65536):
            if data[:1] == b"\x88":
                return True
        return True
    return False


def _value(head: str, name: str) -> str:
    at = head.lower().find(f"\r\n{name}:")
    return "" if at < 0 else head[at + len(name) + 3 :].partition("\r\n")[0].strip()
