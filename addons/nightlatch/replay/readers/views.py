"""From what a capture says of a request to a RequestView; equal requests get the same one.

Captures repeat themselves, so everything that can be worked out once per distinct text is. Knows no file format.
"""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from nightlatch.core.request import RequestView
from nightlatch.replay.exchange import Unfit

JUDGED_BY = frozenset(
    ("accept", "access-control-request-method", "authorization", "cookie", "host", "origin", "purpose", "sec-purpose")
) | {"upgrade", "x-moz"}
"""Header fields that a judgement may hang on, whatever the policy; the others are not kept."""

STREAMED = re.compile(r"\s*(text/event-stream|application/(x-ndjson|ndjson|jsonl|json-seq|stream\+json))\s*(;|$)", re.I)
"""Content types of answers that come bit by bit, for as long as they like."""

_CLOCK = "nightlatch-clock"
_CLOCKS = (b"Nightlatch-Clock", b"nightlatch-clock")
"""As HTTP/1.1 and HTTP/2 have it."""

Fields = tuple[tuple[str, str], ...]
"""Kept header fields, names in lower case, in the order in which they were sent."""

_SCHEMES = {"http": "http", "https": "https", "ws": "http", "wss": "https"}


class Place(NamedTuple):
    """What an absolute URL says, without query and fragment."""

    origin: str
    host: str
    path: str
    websocket: bool


class Views:
    """The distinct requests of one capture. `headers`: what to keep besides `JUDGED_BY`, in lower case."""

    def __init__(self, headers: Iterable[str] = ()) -> None:
        self._kept = JUDGED_BY | frozenset(headers)
        self._names: dict[str, str | None] = {}
        self._places: dict[str, Place] = {}
        self._views: dict[tuple[str, str, Fields, str, bool], RequestView] = {}

    def name(self, raw: str) -> str | None:
        """The header name in lower case; None when that field is not kept."""
        if raw not in self._names:
            lower = raw.lower()
            self._names[raw] = lower if lower in self._kept else None
        return self._names[raw]

    def place(self, url: str) -> Place:
        """What `url` says.

        Raises:
            Unfit: it is none of a web server.
        """
        base = url.partition("?")[0]
        place = self._places.get(base)
        if place is None:
            place = self._places[base] = place_of(base)
        return place

    def view(self, method: str, place: Place, fields: Fields, address: str, has_body: bool) -> RequestView:
        """The one view of all requests that say this."""
        if place.websocket and not any(name == "upgrade" for name, _ in fields):
            fields = (*fields, ("upgrade", "websocket"))
        key = (method, place.origin + place.path, fields, address, has_body)
        view = self._views.get(key)
        if view is None:
            view = self._views[key] = RequestView(
                method.upper(), place.host, place.path, "", grouped(fields), address, has_body
            )
        return view


def place_of(url: str) -> Place:
    """What an absolute URL says; user and password in it are left out.

    Raises:
        Unfit: no scheme, a scheme other than http, https, ws and wss, or no host.
    """
    scheme, separator, rest = url.partition("://")
    known = _SCHEMES.get(scheme.lower())
    if not separator or known is None:
        raise Unfit(_no_web(url))
    authority, slash, path = rest.partition("?")[0].partition("#")[0].partition("/")
    authority = authority.rpartition("@")[2].lower()
    if not authority:
        raise Unfit("the URL has no host")
    return Place(f"{known}://{authority}", host_of(authority), slash + path or "/", scheme.lower().startswith("ws"))


def _no_web(url: str) -> str:
    scheme, colon, _ = url.partition(":")
    named = bool(colon) and scheme.replace("-", "").replace("+", "").replace(".", "").isalnum()
    return f"no request to a server ({scheme[:40]}: URL)" if named else "request.url is no absolute URL"


def host_of(authority: str) -> str:
    """`authority` without its port and a trailing dot, in lower case: `[::1]:80` gives `::1`."""
    text = authority.strip().lower()
    if text.startswith("["):
        return text[1:].partition("]")[0]
    return text.partition(":")[0].rstrip(".")


def grouped(fields: Fields) -> dict[str, tuple[str, ...]]:
    """Header fields as the engine has them: a name, and all of its values."""
    headers: dict[str, list[str]] = {}
    for name, value in fields:
        headers.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in headers.items()}


def is_warped(headers: bytes, names: Callable[[bytes], Iterable[str]]) -> bool:
    """Whether an answer came from a guard whose clock was moved.

    Args:
        headers: its header fields, as the file has them; looked into only where the name stands in them.
        names: reads the names of the fields.
    """
    return any(name in headers for name in _CLOCKS) and any(name.lower() == _CLOCK for name in names(headers))
