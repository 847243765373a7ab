"""A request's head says how long its body is before either goes on: what the application reads is one request.

HTTP/2 ends a body with a flag, and need not tell its length. mitmproxy passes such a request to an application that
speaks HTTP/1.1 as it is, and the application takes the body for the next request of the connection, which nobody has
judged. So a length is added where there is none, a request whose body is not what its head says is refused, and where a
body is passed on as it comes (gRPC) it goes in chunks. Tested against every supported version.
"""

from typing import Any

from mitmproxy import http
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http._events import RequestData, RequestHeaders
from mitmproxy.proxy.layers.http._http1 import Http1Client

_LENGTH, _CODING = "content-length", "transfer-encoding"

_stock = Http1Client.send


def settle(request: http.Request) -> str | None:
    """Make the head of `request`, whose body is in, say how long that is; or tell the client why it cannot go on.

    Trailers go: they come after the decision (and HTTP/1 has no place for them here).
    """
    request.trailers = None
    body = request.raw_content
    if body is None or _CODING in request.headers:
        return None  # it went on as it came, or in chunks
    size = len(body)
    told = request.headers.get(_LENGTH)
    if told is None:
        if size:
            request.headers["Content-Length"] = str(size)
        return None
    return None if told == str(size) else "The body is not as long as Content-Length says."


def install() -> None:
    """From now on a body that is passed on to an HTTP/1 application as it comes goes in chunks, where its length is not
    told. Doing it twice is harmless."""
    setattr(Http1Client, "send", _send)  # noqa: B010 (a method is not to be assigned)


def _send(self: Http1Client, event: Any) -> CommandGenerator[None]:
    if isinstance(event, RequestHeaders) and not event.end_stream:
        headers = event.request.headers
        if _LENGTH not in headers:
            headers["Transfer-Encoding"] = "chunked"
    elif isinstance(event, RequestData) and not event.data:
        return _nothing()  # as a chunk it would end the body
    return _stock(self, event)


def _nothing() -> CommandGenerator[None]:
    yield from ()
