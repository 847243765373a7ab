"""Two servers that read the same bytes: one as the standard says (h11), one as forgiving as Python's `http.server`.

Neither shares code with mitmproxy's parser of request heads. Whoever stands behind a guard reads more or less like one
of them; a request that they read differently must not come through.
"""

from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler
from io import BytesIO
from typing import NamedTuple

import h11

EMPTY_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


class Read(NamedTuple):
    """One request as a server reads it."""

    method: str
    target: str
    headers: tuple[tuple[str, str], ...]
    body: bytes

    def values(self, name: str) -> list[str]:
        """Every value of the field `name` (lower case)."""
        return [value for field, value in self.headers if field == name]

    @property
    def meaning(self) -> tuple[object, ...]:
        """What an application would act on."""
        named = [self.values(name) for name in ("host", "cookie", "authorization", "x-forwarded-user")]
        return self.method, self.target, named, self.body


class Application:
    """One connection to an application that reads by the standard and answers every whole request."""

    def __init__(self, answer: bytes = EMPTY_ANSWER) -> None:
        self.received = b""
        self.requests: list[Read] = []
        self.fault: str | None = None
        self._answer = answer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=1 << 24)
        self._head: h11.Request | None = None
        self._body = b""

    def take(self, data: bytes) -> bytes:
        """Bytes have come; what is answered."""
        self.received += data
        if self.fault is not None:
            return b""
        before = len(self.requests)
        try:
            self._http.receive_data(data)
            self._read()
        except h11.RemoteProtocolError as error:
            self.fault = str(error)
        answers = self._answer * (len(self.requests) - before)
        return answers.replace(b"\r\n", b"\r\nConnection: close\r\n", 1) if answers and self.closes else answers

    @property
    def broken_off(self) -> bool:
        """Whether the last request is a call that was passed on as it came (gRPC), and did not come to its end."""
        fields = dict(self._head.headers) if self._head is not None else {}
        return self.fault is None and fields.get(b"content-type", b"").startswith(b"application/grpc")

    @property
    def closes(self) -> bool:
        """Whether it hangs up after what was asked last."""
        return self._http.our_state in (h11.MUST_CLOSE, h11.CLOSED, h11.ERROR)

    @property
    def whole(self) -> bool:
        """Whether what has come so far is whole requests and nothing else."""
        return self.fault is None and self._head is None and not self._http.trailing_data[0]

    def _read(self) -> None:
        while True:
            event = self._http.next_event()
            if event is h11.NEED_DATA or event is h11.PAUSED or isinstance(event, h11.ConnectionClosed):
                return
            if isinstance(event, h11.Request):
                self._head, self._body = event, b""
            elif isinstance(event, h11.Data):
                self._body += event.data
            elif isinstance(event, h11.EndOfMessage):
                self._over()

    def _over(self) -> None:
        head = self._head
        assert head is not None
        fields = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in head.headers)
        self.requests.append(Read(head.method.decode(), head.target.decode("latin-1"), fields, self._body))
        self._head = None
        if self._http.our_state is h11.SEND_RESPONSE:
            self._http.send(h11.Response(status_code=200, headers=[("content-length", "0")]))
            self._http.send(h11.EndOfMessage())
        if self._http.our_state is h11.DONE and self._http.their_state is h11.DONE:
            self._http.start_next_cycle()


class _Handler(BaseHTTPRequestHandler):
    """Python's own parser, without a socket."""

    protocol_version = "HTTP/1.1"
    raw_requestline: bytes

    def __init__(self, stream: BytesIO) -> None:
        self.rfile, self.wfile = stream, BytesIO()
        self.client_address, self.requestline, self.request_version = ("127.0.0.1", 1), "", ""
        self.close_connection = False

    def log_message(self, *_: object) -> None:
        """Nobody reads it."""


def leniently(data: bytes) -> list[Read] | None:
    """Every request in `data`, as a forgiving server reads them; None where even that one gives up."""
    try:
        return list(_lenient(BytesIO(data)))
    except ValueError:
        return None


def _lenient(stream: BytesIO) -> Iterator[Read]:
    while line := stream.readline():
        if not line.strip():
            continue
        handler = _Handler(stream)
        handler.raw_requestline = line
        if not handler.parse_request():
            raise ValueError(f"no request line: {line!r}")
        fields = tuple((name.strip(" \t").lower(), value.strip(" \t")) for name, value in handler.headers.items())
        yield Read(handler.command, _target(line), fields, _body(stream, dict(fields)))


def _target(line: bytes) -> str:
    """The target as it was sent: `http.server` makes one slash of two at its beginning."""
    return line.split()[1].decode("latin-1")


def _body(stream: BytesIO, fields: dict[str, str]) -> bytes:
    if "chunked" not in fields.get("transfer-encoding", "").lower():
        return stream.read(int(fields.get("content-length", "0")))
    body = b""
    while size := int(stream.readline().split(b";")[0], 16):
        body += stream.read(size)
        stream.readline()
    while stream.readline().strip():
        pass
    return body
