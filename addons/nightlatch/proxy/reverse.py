"""What a reverse proxy owes a browser and an application that know each other by different names.

`mend_request` and `mend_response` change headers in place; what they do is decided by pure functions in `origins`,
`inbound_headers` and `response_cookies`. Only the guard's own origin is ever rewritten (law of trust 2), so that the
application's checks of `Origin` and `Referer` keep their meaning. Nothing here knows of sessions.
"""

import logging
import re
from functools import lru_cache

from mitmproxy.http import Headers, Request

from nightlatch.proxy.inbound_headers import Field, Fields, forwardable
from nightlatch.proxy.origins import Origin, moved, origin_of
from nightlatch.proxy.response_cookies import mend_set_cookie, needs_https

log = logging.getLogger(__name__)

_STREAMED = re.compile(
    rb"(?i)\s*(text/event-stream|application/(x-ndjson|ndjson|jsonl|json-seq|stream\+json|grpc(\+[\w.-]+)?))\s*(;|$)"
)
_LONG = 1_000_000
"""Bytes."""
_REFRESH = re.compile(r"(?i)(\s*[\d.]+\s*[;,]\s*(?:url\s*=\s*)?)(['\"]?)(.*?)(['\"]?\s*)")


_NAMING = frozenset((b"host", b"origin", b"referer"))
MENDED = frozenset(
    (b"location", b"content-location", b"refresh", b"set-cookie", b"strict-transport-security", b"alt-svc")
)
"""Header fields of an answer that `mend_response` looks at."""


def mend_request(request: Request, *, origin: str, site: str, address: str) -> None:
    """Make an allowed request fit for the application. Whoever adds identity headers does so afterwards.

    Args:
        request: changed in place.
        origin: the guard's own origin as this client asked for it, such as `http://localhost:8080`.
        site: the application's origin.
        address: the client's IP address; empty when unknown.
    """
    own, upstream = origin_of(origin), origin_of(site)
    http2 = request.is_http2 or request.is_http3
    fields = forwardable(request.method, request.headers.fields, http2=http2)
    if upstream is not None:
        fields = [_renamed(field, own, upstream) if field[0].lower() in _NAMING else field for field in fields]
        # Over HTTP/1 an absolute request target is made a path again.
        request.data.authority = upstream.authority.encode("latin-1") if http2 else b""
    request.headers.fields = (*fields, *_forwarded(origin, address))


def _renamed(field: Field, own: Origin | None, upstream: Origin) -> Field:
    name, value = field
    if name.lower() == b"host":
        return name, upstream.authority.encode("latin-1")
    return name, moved(value.decode("latin-1"), own, upstream).encode("latin-1")


@lru_cache(maxsize=1024)
def _forwarded(origin: str, address: str) -> tuple[Field, ...]:
    """How the client asked, in the fields that applications read (de facto; RFC 7239 is read by few)."""
    scheme, _, host = origin.partition("://")
    fields = [(b"X-Forwarded-Proto", scheme), (b"X-Forwarded-Host", host), (b"X-Forwarded-For", address)]
    return tuple((name, value.encode("latin-1")) for name, value in fields if value)


def mend_response(headers: Headers, *, origin: str, site: str) -> None:
    """Make the application's answer fit for the guard's own origin, in place.

    Args:
        headers: the answer's headers.
        origin: the guard's own origin as this client asked for it.
        site: the application's origin.
    """
    own, upstream = origin_of(origin), origin_of(site)
    if own is None or upstream is None or names_of(headers.fields).isdisjoint(MENDED):
        return
    for name in ("location", "content-location", "refresh"):
        if name in headers:
            headers[name] = _led_back(name, headers[name], own, upstream)
    if "set-cookie" in headers:
        _mend_cookies(headers, own, upstream)
    if "strict-transport-security" in headers and (own.scheme == "http" or own.is_loopback):
        # It would pin every port of localhost to https for as long as it says.
        del headers["strict-transport-security"]
    if "alt-svc" in headers and headers["alt-svc"].strip().lower() != "clear":
        # Another service of the application's is a way round the guard (RFC 7838).
        del headers["alt-svc"]


def names_of(fields: Fields) -> set[bytes]:
    """The names of header fields, in lower case."""
    return {name.lower() for name, _ in fields}


def _led_back(name: str, value: str, own: Origin, upstream: Origin) -> str:
    if name != "refresh":
        return moved(value, upstream, own)
    found = _REFRESH.fullmatch(value)
    return f"{found[1]}{found[2]}{moved(found[3], upstream, own)}{found[4]}" if found else value


def _mend_cookies(headers: Headers, own: Origin, upstream: Origin) -> None:
    lines = headers.get_all("set-cookie")
    mended = [mend_set_cookie(line, own, upstream) for line in lines]
    if mended != lines:
        headers.set_all("set-cookie", mended)
    if own.scheme == "http":
        for line in filter(needs_https, lines):
            _warn_once(line.partition("=")[0].strip())


@lru_cache(maxsize=256)
def _warn_once(name: str) -> None:
    log.warning("browsers take the cookie %s over https only; this site is http, so they will not keep it", name)


def should_stream(headers: Headers, status: int) -> bool:
    """Whether the answer must be passed on as it comes: an event stream, lines of JSON of no known number, gRPC."""
    types = [value for name, value in headers.fields if len(name) == 12 and name.lower() == b"content-type"]
    found = _STREAMED.match(types[0]) if types else None
    if found is None or status < 200 or status in (204, 304):
        return False
    return found[1].lower() == b"text/event-stream" or "content-length" not in headers


def is_long(headers: Headers, status: int) -> bool:
    """Whether an answer is too long to wait here until it is whole, or may be so: a megabyte or more, or in chunks.

    One that ends where its connection does waits, as nobody could tell a part of it from the whole.
    """
    if not 200 <= status < 300 or status == 204:
        return False
    for name, value in headers.fields:
        if len(name) == 14 and name.lower() == b"content-length":
            return value.isdigit() and int(value) >= _LONG
        if len(name) == 17 and name.lower() == b"transfer-encoding":
            return True
    return False
