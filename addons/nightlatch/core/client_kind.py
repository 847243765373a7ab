"""What kind of client asks, so that each gets an answer that it can use: a redirect is of no use to a script, and a
problem document none to a person.

Only the form of the answer hangs on this, never whether the request passes.
"""

import re
from enum import StrEnum

from nightlatch.core.activity import is_preflight
from nightlatch.core.request import RequestView


class ClientKind(StrEnum):
    """Who will read the answer."""

    WEBSOCKET = "websocket"
    PREFLIGHT = "preflight"
    GRPC = "grpc"
    HTMX = "htmx"
    NAVIGATION = "navigation"
    """A person's browser, about to show what it gets."""
    EVENT_STREAM = "event_stream"
    SCRIPT = "script"
    """fetch, XHR, a subresource, an API client."""


_RANGE = re.compile(r"\s*([\w*+.-]+/[\w*+.-]+)\s*(?:;(.*))?", re.ASCII | re.DOTALL)
_QUALITY = re.compile(r"(?:^|;)\s*q\s*=\s*(0(?:\.\d{0,3})?)\s*(?:;|$)", re.ASCII | re.IGNORECASE)
_RANGES_READ = 32


def client_kind(request: RequestView) -> ClientKind:
    """The kind of client, by the first sign that is there: WebSocket upgrade, CORS preflight, gRPC(-Web) content type,
    `HX-Request`, `Sec-Fetch-Mode`, `X-Requested-With`, `Accept`, method."""
    if "websocket" in request.header("upgrade").lower():
        return ClientKind.WEBSOCKET
    if is_preflight(request):
        return ClientKind.PREFLIGHT
    if request.header("content-type").lower().startswith("application/grpc"):
        return ClientKind.GRPC
    if request.header("hx-request").lower() == "true":
        return ClientKind.HTMX
    return _by_fetch_metadata(request) or _by_accept(request) or _by_method(request)


def _by_fetch_metadata(request: RequestView) -> ClientKind | None:
    mode = request.header("sec-fetch-mode").lower()
    if mode:
        return ClientKind.NAVIGATION if mode == "navigate" else _stream_or_script(request)
    # Android's web views send their package name here on navigations; only this value tells of a script.
    if request.header("x-requested-with").lower() == "xmlhttprequest":
        return _stream_or_script(request)
    return None


def _stream_or_script(request: RequestView) -> ClientKind:
    streams = "text/event-stream" in request.header("accept").lower()
    return ClientKind.EVENT_STREAM if streams else ClientKind.SCRIPT


def _by_accept(request: RequestView) -> ClientKind | None:
    """A client that likes HTML best is a browser; one that does not name it (`*/*` as sent by curl) is a script."""
    accept = request.header("accept").lower()
    if not accept:
        return None
    liked = _best(accept)
    if liked in ("text/html", "application/xhtml+xml"):
        return ClientKind.NAVIGATION
    return ClientKind.EVENT_STREAM if liked == "text/event-stream" else ClientKind.SCRIPT


def _best(accept: str) -> str:
    """The media range with the highest quality, the first of equal ones (RFC 9110 section 12.5.1)."""
    best, highest = "", 0.0
    for part in accept.split(",", _RANGES_READ)[:_RANGES_READ]:
        media = _RANGE.fullmatch(part)
        lower = _QUALITY.search(media[2] or "") if media else None
        quality = float(lower[1]) if lower else 1.0
        if media and quality > highest:
            best, highest = media[1], quality
    return best


def _by_method(request: RequestView) -> ClientKind:
    return ClientKind.NAVIGATION if request.method in ("GET", "HEAD") else ClientKind.SCRIPT
