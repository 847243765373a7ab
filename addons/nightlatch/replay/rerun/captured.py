"""Captured requests with all that it takes to send them again: target, header fields and body. For HAR and flow files;
other captures do not keep it."""

import json
import mmap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode, urlsplit

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.flows import pairs
from nightlatch.replay.readers.har import instant, whole_status
from nightlatch.replay.readers.sniff import contents, is_flows, plain
from nightlatch.replay.readers.tnetstring import Broken, decoded, members, piece

EXPECTED = "a HAR file or a mitmproxy flow file is needed: other captures do not keep what was sent"

Fields = tuple[tuple[str, str], ...]
"""Header fields: names in lower case, in the order in which they were sent."""

Place = tuple[str, int]
"""The file, and the position of the entry in it, as an `Exchange` has them."""


class Answer(NamedTuple):
    """What is compared of an answer. `status` is 0 where there was none, `at` the wall time when it came."""

    status: int
    at: int
    location: str = ""
    set_cookies: tuple[str, ...] = ()


class Sent(NamedTuple):
    """A request as it was sent, and what came back."""

    method: str
    target: str
    """Path and query."""
    fields: Fields
    body: bytes
    answer: Answer


_FLOW = frozenset((b"request", b"response"))
_WANTED = frozenset((b"path", b"method", b"headers", b"content", b"body", b"status_code", b"code", b"timestamp_start"))


def sent_in(path: Path) -> Mapping[Place, Sent]:
    """Every request in the capture `path`.

    Raises:
        CaptureUnreadable: it is neither HAR nor flows, or damaged.
    """
    found: dict[Place, Sent] = {}
    for name, content in contents(path):
        read = _flows(content) if is_flows(content) else _har(name, content)
        found.update({(name, position): sent for position, sent in read})
    return found


def _har(name: str, content: bytes | mmap.mmap) -> Iterator[tuple[int, Sent]]:
    try:
        entries = json.loads(plain(name, bytes(content[:])))["log"]["entries"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise CaptureUnreadable(f"{name}: {EXPECTED}") from None
    for position, entry in enumerate(entries if isinstance(entries, list) else ()):
        try:
            yield position, _entry(entry)
        except (KeyError, TypeError, ValueError, AttributeError):
            continue  # the reader of captures has told of it


def _entry(entry: Any) -> Sent:
    asked, answer = entry["request"], entry.get("response") or {}
    url = urlsplit(asked["url"])
    fields = _named(asked.get("headers") or ())
    if not any(name == "cookie" for name, _ in fields) and asked.get("cookies"):
        line = "; ".join(f"{cookie['name']}={cookie['value']}" for cookie in asked["cookies"])
        fields = (*fields, ("cookie", line))
    told = _named(answer.get("headers") or ())
    cookies = tuple(line for name, value in told if name == "set-cookie" for line in value.split("\n"))
    location = next((value for name, value in told if name == "location"), "")
    target = (url.path or "/") + (f"?{url.query}" if url.query else "")
    came = Answer(whole_status(answer.get("status")), instant(entry["startedDateTime"]), location, cookies)
    return Sent(str(asked["method"]).upper(), target, fields, _body(asked), came)


def _named(headers: Any) -> Fields:
    return tuple((str(field["name"]).lower(), str(field.get("value") or "")) for field in headers)


def _body(asked: Mapping[str, Any]) -> bytes:
    posted = asked.get("postData") or {}
    if posted.get("text"):
        return str(posted["text"]).encode()
    params = [(each["name"], each.get("value") or "") for each in posted.get("params") or ()]
    return urlencode(params).encode() if params else b""


def _flows(content: bytes | mmap.mmap) -> Iterator[tuple[int, Sent]]:
    at, position = 0, 0
    while at < len(content):
        try:
            flow = piece(content, at, len(content))
        except Broken:
            return  # the reader of captures has told of it
        try:
            parts = members(content, flow, _FLOW)
            if b"request" in parts:
                yield position, _flow(content, parts)
        except Broken:
            pass
        at, position = flow[1] + 1, position + 1


def _flow(content: bytes | mmap.mmap, parts: Mapping[bytes, tuple[int, int]]) -> Sent:
    asked, told = _members(content, parts[b"request"]), {}
    if b"response" in parts:
        told = _members(content, parts[b"response"])
    path, method, body = (asked.get(name) or b"" for name in (b"path", b"method", b"content"))
    answered = tuple((name.lower(), value) for name, value in told.get(b"headers") or ())
    return Sent(
        _text(method).upper(),
        _text(path) or "/",
        tuple((name.lower(), value) for name, value in asked.get(b"headers") or ()),
        body or asked.get(b"body") or b"",
        Answer(
            whole_status(told.get(b"status_code") or told.get(b"code")),
            round(float(asked.get(b"timestamp_start") or 0) * 1_000_000),
            next((value for name, value in answered if name == "location"), ""),
            tuple(value for name, value in answered if name == "set-cookie"),
        ),
    )


def _members(content: bytes | mmap.mmap, found: tuple[int, int]) -> dict[bytes, Any]:
    parts = members(content, found, _WANTED)
    values: dict[bytes, Any] = {name: decoded(content, part) for name, part in parts.items() if name != b"headers"}
    if b"headers" in parts:
        start, end = parts[b"headers"]
        values[b"headers"] = pairs(content[start:end])
    return values


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)
