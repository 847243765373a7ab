"""Header fields: those that are written (RFC 9651, held against a parser of somebody else's) and those that come in."""

from ipaddress import ip_address
from typing import Any

import http_sf
from scripts.fuzzing.target import Target, Targets, holds, split

from nightlatch.core.activity import is_passive
from nightlatch.core.client_kind import client_kind
from nightlatch.core.headers import clock_header, cors_headers, quoted, session_header, verdict_header
from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind, Remaining, Verdict
from nightlatch.presets import load_policy
from nightlatch.proxy.forwarders import client_address, client_scheme
from nightlatch.proxy.inbound_headers import folded, forwardable

_TRUSTED = ("127.0.0.1/32", "10.0.0.0/8")
_POLICY: Policy = load_policy("default")
_OURS = {b"remote-user", b"x-real-ip", b"x-forwarded-for", b"nightlatch-subject", b"x-original-url", b"forwarded"}


def written(content: bytes) -> None:
    """Whatever a rule or a decision is called, the field says what was meant and nothing else."""
    rule, name, number = (part.decode("utf-8", "replace") for part in split(content, 3))
    amount = len(number) * SECOND
    field = verdict_header(Verdict(Kind.EXPIRED, "idle", rule, Clock.IDLE, amount, amount + 1), name)
    _on_one_line(field)
    kind, told = _parsed(field.encode(), tltype="item")
    holds(str(kind) == "expired" and told["limit"] == told["elapsed"] == len(number), field)
    plain = "".join(character for character in rule if " " <= character <= "~")
    holds(told.get("rule", "") == plain, f"the rule {rule!r} is {told.get('rule')!r}")
    holds(str(told.get("id", "")) == ("".join(c for c in name if " " <= c <= "~")), field)
    holds(_parsed(quoted(rule).encode(), tltype="item")[0] == plain, quoted(rule))
    left = session_header(Remaining(amount - SECOND, amount))
    holds(_parsed(left.encode(), tltype="dictionary").keys() == {"idle", "absolute"}, left)
    _on_one_line(clock_header(amount - 3 * SECOND, frozen=len(rule) % 2 == 0) or "")


def _parsed(field: bytes, tltype: str) -> Any:
    """What somebody else's parser makes of `field`."""
    found: Any = http_sf.parse(field, tltype=tltype)
    return found


def _on_one_line(field: str) -> None:
    holds(field.isascii() and (field.isprintable() or not field), f"{field!r} is no header field")


def _request(content: bytes) -> RequestView:
    """`METHOD PATH` and header lines."""
    first, *lines = content.decode("latin-1").split("\n")
    method, _, path = first.partition(" ")
    headers: dict[str, list[str]] = {}
    for line in lines:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    given = {name: tuple(values) for name, values in headers.items()}
    return RequestView(method.upper(), "localhost", path or "/", "", given, "127.0.0.1")


def seen(content: bytes) -> None:
    """What kind of client asks, and whether that is a person: no field is too odd."""
    request = _request(content)
    client_kind(request)
    for rule in _POLICY.rules:
        is_passive(_POLICY, rule, request)
    for name, value in cors_headers(request, "http://localhost:8080", ()):
        holds(name and not set("\r\n") & set(value), f"{name}: {value!r}")


def forwarded(content: bytes) -> None:
    """`X-Forwarded-For` and `-Proto`: an address comes out, and never one that a stranger named."""
    line, scheme = (part.decode("latin-1") for part in split(content, 2))
    headers = {"x-forwarded-for": (line,), "x-forwarded-proto": (scheme,)}
    ip_address(client_address("127.0.0.1", headers, _TRUSTED))
    holds(client_address("192.0.2.1", headers, _TRUSTED) == "192.0.2.1", "a stranger's word was taken")
    holds(client_scheme("127.0.0.1", headers, _TRUSTED) in ("http", "https", None), "no scheme")


def inbound(content: bytes) -> None:
    """Header lines of a request: who is asking and what is asked for is nobody's to say but ours."""
    lines = (line.partition(b":") for line in content.split(b"\n"))
    fields = tuple((name, value) for name, _, value in lines)
    for http2 in (False, True):
        kept = forwardable("GET", fields, http2=http2)
        names = [folded(name) for name, _ in kept]
        holds(_OURS.isdisjoint(names), f"{names} go on")
        holds(set(kept) - set(fields) <= _WRITTEN, f"{kept} holds what nobody sent")


_WRITTEN = {
    (b"Connection", b"Upgrade"),
    (b"Upgrade", b"websocket"),
    (b"te", b"trailers"),
    (b"Connection", b"close"),
    (b"Connection", b"keep-alive"),
}
_ASKED = (
    b"GET /\nAccept: text/html;q=0.9,*/*;q=0.8\nSec-Fetch-Mode: navigate",
    b"OPTIONS /x\nOrigin: http://a\nAccess-Control-Request-Method: PUT",
    b"POST /rpc\nContent-Type: application/grpc-web+proto\nHX-Request: true",
    b"GET /ws\nUpgrade: websocket\nConnection: Upgrade\nSec-WebSocket-Version: 13",
    b"GET /events\nAccept: text/event-stream\nSec-Purpose: prefetch;prerender\nOrigin: http://localhost:3",
)
_FIELDS = (
    *(
        b"Remote-User: eve",
        b"X_Forwarded_For: 1",
        b"X.Real.IP: 1",
        b"Nightlatch-Subject: eve",
        b"Connection: close, Cookie",
    ),
    *(
        b"Upgrade: websocket",
        b"TE: trailers",
        b"X-Original-URL: /",
        b"Sec-WebSocket-Version: 13",
        b"Connection: Upgrade",
    ),
)
TARGETS: Targets = {
    "written": Target(written, (b"admin\nd1f\nxx", b'a"b\\c\n1x\n', "Größe\n*\n".encode(), b"\n\n")),
    "kind": Target(seen, _ASKED, (b"\n", b": ", b"Accept: ", b";q=0.", b",", b"text/html", b"Sec-Fetch-Mode: cors")),
    "forwarded": Target(
        forwarded,
        (b"192.0.2.7, 10.0.0.2\nhttps", b'"[2001:db8::1]:443", 10.0.0.3\nhttp, https', b"unknown, 10.1.1.1:80\nwss"),
        (b",", b"10.0.0.1", b"[", b"]", b":", b'"', b"%eth0", b"::ffff:10.0.0.1", b"127.0.0.1"),
    ),
    "inbound": Target(
        inbound, (b"\n".join(_FIELDS), b"Host: a\nCookie: b\n" + _FIELDS[0]), (*_FIELDS, b"-", b"_", b"\n")
    ),
}
