"""How much of an unfinished message of HTTP/1 is kept, of clients and of the application alike.

mitmproxy keeps a head that does not end, or the line before a chunk, for as long as it comes, and reads on while a
request waits for its answer. Here what is not understood is bounded: the client gets 431, the application's answer
becomes a 502. Two things that mitmproxy does not get on with are dropped: empty lines before a request (RFC 9112
section 2.2), after which it waits for more, and interim answers (1xx), which it takes for the answer itself. Tested
against every supported version.
"""

import re
from typing import Any

from h11._receivebuffer import ReceiveBuffer
from mitmproxy.proxy import commands, events
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._base import ReceiveHttp
from mitmproxy.proxy.layers.http._events import ResponseProtocolError
from mitmproxy.proxy.layers.http._http1 import Http1Client, Http1Server

LARGEST = 64 * 1024
"""Bytes of a head, or of the line before a chunk. Node refuses what is larger than 16 KiB, Apache than 8 KiB a line."""

MOST_AHEAD = 1024 * 1024
"""Bytes that a client may send on before its last request is answered."""

MOST_AT_ONCE = 64
"""Requests that are taken from what arrives at once: others wait meanwhile. Browsers do not send them ahead."""

MOST_INTERIM = 20
"""Interim answers before an answer."""

_END = re.compile(rb"\n\r?\n")
"""Where h11, which mitmproxy reads with, sees the end of a head."""

_TOO_LARGE = (
    b"HTTP/1.1 431 Request Header Fields Too Large\r\nCache-Control: no-store\r\nNightlatch-Verdict: invalid\r\n"
    b"Content-Length: 0\r\nConnection: close\r\n\r\n"
)

_stock_server, _stock_client = Http1Server._handle_event, Http1Client._handle_event
_stock_request, _stock_answer = Http1Server.read_headers, Http1Client.read_headers


def install() -> None:
    """Keep to these limits from now on. Doing it twice is harmless."""
    replacements: tuple[tuple[type, str, object], ...] = (
        (Http1Server, "_handle_event", _from_client),
        (Http1Client, "_handle_event", _from_application),
        (Http1Server, "read_headers", _read_request),
        (Http1Client, "read_headers", _read_answer),
    )
    for owner, name, replacement in replacements:
        setattr(owner, name, replacement)


def _from_client(self: Http1Server, event: Any) -> CommandGenerator[None]:
    """Ordinary events cost no generator of our own: there are some ten a request."""
    if isinstance(event, events.DataReceived):
        vars(self)["taken"] = 0
        if len(self.buf) + len(event.data) > LARGEST:
            return _much_from_client(self, event)
    return _stock_server(self, event)


def _much_from_client(self: Http1Server, event: Any) -> CommandGenerator[None]:
    yield from _stock_server(self, event)
    if len(self.buf) > (MOST_AHEAD if self.state == self.wait else LARGEST):
        yield from _give_up(self)


def _from_application(self: Http1Client, event: Any) -> CommandGenerator[None]:
    if isinstance(event, events.DataReceived) and len(self.buf) + len(event.data) > LARGEST:
        return _much_from_application(self, event)
    return _stock_client(self, event)


def _much_from_application(self: Http1Client, event: Any) -> CommandGenerator[None]:
    yield from _stock_client(self, event)
    if len(self.buf) > LARGEST:
        yield from _give_up(self)


def _give_up(self: Http1Server | Http1Client) -> CommandGenerator[None]:
    """Close the connection; what is on its way has failed."""
    self.buf.maybe_extract_at_most(len(self.buf))
    self.state = self.done
    yield commands.CloseConnection(self.conn)
    if self.stream_id is not None and self.request is not None:
        why = f"a head or a chunk does not end within {LARGEST // 1024} KiB"
        yield ReceiveHttp(self.ReceiveProtocolError(self.stream_id, why, self.ReceiveProtocolError.code))


def _read_request(self: Http1Server, event: Any) -> CommandGenerator[None]:
    vars(self)["taken"] = taken = vars(self).get("taken", 0) + 1
    if taken > MOST_AT_ONCE:
        return _give_up(self)
    while self.buf._data.startswith((b"\r\n", b"\n")):
        self.buf.maybe_extract_lines()
    return _refuse_head(self) if _has_large_head(self.buf) else _stock_request(self, event)


def _has_large_head(buffer: ReceiveBuffer) -> bool:
    """Also of one that has come in a single piece, so that it need not be kept."""
    return len(buffer) > LARGEST and _END.search(buffer._data, 0, LARGEST + len(b"\r\n\r\n")) is None


def _refuse_head(self: Http1Server) -> CommandGenerator[None]:
    yield commands.SendData(self.conn, _TOO_LARGE)
    yield from _give_up(self)


def _read_answer(self: Http1Client, event: Any) -> CommandGenerator[None]:
    if _has_large_head(self.buf):
        return _give_up(self)
    for _ in range(MOST_INTERIM):
        if self.request is None or not _interim(self):
            return _stock_answer(self, event)
    return _without_answer(self)


def _without_answer(self: Http1Client) -> CommandGenerator[None]:
    yield commands.CloseConnection(self.conn)
    assert self.stream_id is not None  # noqa: S101 (something was asked, or it would not be read)
    why = f"more than {MOST_INTERIM} interim answers"
    yield ReceiveHttp(ResponseProtocolError(self.stream_id, why, ResponseProtocolError.code))


def _interim(self: Http1Client) -> bool:
    """Whether an interim answer was at the front, and is gone now. 101 is none: it ends HTTP."""
    head = self.buf._data
    if head[9:10] != b"1":
        return False
    status = bytes(head[9:12])
    if not head.startswith(b"HTTP/1.") or status == b"101" or not status.isdigit():
        return False
    return self.buf.maybe_extract_lines() is not None
