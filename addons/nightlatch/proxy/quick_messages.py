"""What mitmproxy asks of a message's header fields again and again, worked out once for fields that are the same.

For `nightlatch run` only. While one request goes through, mitmproxy asks five times how long a body is, four times
whether a connection stays open and three times whether fields are well formed. The answers follow from the fields
alone, which are immutable, and are mitmproxy's own; a refusal is never remembered. Knows nothing of sessions.
"""

from functools import lru_cache
from types import ModuleType
from typing import NamedTuple

from mitmproxy.http import Headers, Message, Request, Response
from mitmproxy.net.http import http1, validate
from mitmproxy.proxy.layers import http

Fields = tuple[tuple[bytes, bytes], ...]

REMEMBERED = 64
"""Sets of header fields. A head has 64 KiB at most, so no client can fill the memory with them."""

_size, _closes, _validate = http1.expected_http_body_size, http1.connection_close, validate.validate_headers


class _Head(NamedTuple):
    """What decides on the length of a body and on what is well formed. `status` is None for a request."""

    method: bytes
    version: bytes
    status: int | None
    fields: Fields

    def request(self) -> Request:
        own = self.fields if self.status is None else ()
        return Request("", 0, self.method, b"", b"", b"", self.version, Headers(own), None, None, 0, None)

    def response(self) -> Response | None:
        if self.status is None:
            return None
        return Response(self.version, self.status, b"", Headers(self.fields), None, None, 0, None)


def expected_http_body_size(request: Request, response: Response | None = None) -> int | None:
    """mitmproxy's, for both ways of reading it. Raises ValueError when the length is malformed."""
    message = request.data if response is None else response.data
    status = None if response is None else response.data.status_code
    return _body_size(_Head(request.data.method, message.http_version, status, message.headers.fields))


@lru_cache(REMEMBERED)
def _body_size(head: _Head) -> int | None:
    return _size(head.request(), head.response())


def connection_close(http_version: str | bytes, headers: Headers) -> bool:
    """mitmproxy's."""
    return _is_last(http_version, headers.fields)


@lru_cache(REMEMBERED)
def _is_last(http_version: str | bytes, fields: Fields) -> bool:
    closes: bool = _closes(http_version, Headers(fields))  # type: ignore[no-untyped-call]  # mitmproxy leaves it bare
    return closes


def validate_headers(message: Message) -> None:
    """mitmproxy's. Raises ValueError when they are malformed."""
    status = message.data.status_code if isinstance(message, Response) else None
    _well_formed(_Head(b"", message.data.http_version, status, message.data.headers.fields))


@lru_cache(REMEMBERED)
def _well_formed(head: _Head) -> None:
    _validate(head.response() or head.request())


def remember() -> None:
    """Answer from memory from now on, wherever mitmproxy asks. Doing it twice is harmless."""
    places: tuple[tuple[ModuleType, object], ...] = (
        (http1, expected_http_body_size),
        (http, expected_http_body_size),
        (http1, connection_close),
        (http, validate_headers),
        (validate, validate_headers),
    )
    for module, function in places:
        setattr(module, function.__name__, function)  # type: ignore[attr-defined]  # all of them are functions
