"""Entries of HAR 1.1 and 1.2 files, as browsers and proxies export them, read fast: only the fields that count, and
what repeats itself once.

What does not fit is left to `har_mending`, so that one bad entry never costs the file.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from nightlatch.core.instants import parse_rfc3339
from nightlatch.core.request import RequestView
from nightlatch.replay.exchange import EARLIEST, LATEST, Exchange, Unfit
from nightlatch.replay.readers.views import STREAMED, Fields, Views, is_warped


class Field(Struct, gc=False):
    """A header field or a cookie."""

    name: str
    value: str


class Posted(Struct, gc=False):
    """`postData` of a request."""

    text: str = ""


class HarRequest(Struct, gc=False):
    method: str
    url: str
    headers: Raw | UnsetType = UNSET
    cookies: Raw | UnsetType = UNSET
    postData: Raw | UnsetType = UNSET
    bodySize: Any = None


class Content(Struct, gc=False):
    mimeType: Any = None


class HarResponse(Struct, gc=False):
    status: Any = 0
    headers: Raw | UnsetType = UNSET
    content: Content | None = None


class Entry(Struct, gc=False):
    startedDateTime: str
    request: HarRequest
    time: Any = None
    response: HarResponse | None = None


class Log(Struct):
    entries: list[Entry]


class Har(Struct):
    log: Log


UNDECODABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
"""What a decoder raises over JSON that is damaged, or not as expected."""

_FIELDS = msgspec.json.Decoder(list[Field])
_POSTED = msgspec.json.Decoder(Posted)
_STREAMS = ("text/e", "application/", "Text/E", "TEXT/E")
_NULL = len("null")
_MOST_KNOWN = 16_384


class HarReader:
    """Turns the entries of one file into exchanges."""

    def __init__(self, file: str, views: Views) -> None:
        self._file, self._views = file, views
        self._known: dict[tuple[object, ...], tuple[RequestView, str]] = {}
        self.warped = 0

    def exchange(self, position: int, entry: Entry) -> Exchange:
        """The exchange that `entry` tells of.

        Raises:
            Unfit: it tells of no request that can be judged.
        """
        answer = entry.response
        view, origin = self._request(entry.request)
        at, duration, size = instant(entry.startedDateTime), microseconds(entry.time), 0
        if view.has_body:
            size = body_size(entry.request)
        if answer is None:
            return Exchange(position, self._file, at, duration, view, origin, 0, size=size)
        status = whole_status(answer.status)
        cookies: tuple[str, ...] = ()
        if answer.headers is not UNSET:
            cookies = set_cookies(answer.headers)
            self.warped += is_warped(bytes(answer.headers), _names)
        streamed = status == 101 or (answer.content is not None and _streamed(answer.content.mimeType))
        return Exchange(position, self._file, at, duration, view, origin, status, cookies, streamed, None, size)

    def _request(self, asked: HarRequest) -> tuple[RequestView, str]:
        """The view and the origin of a request; those that are told in the same words are read once."""
        headers = b"" if asked.headers is UNSET else bytes(asked.headers)
        cookies = b"" if asked.cookies is UNSET else bytes(asked.cookies)
        base, has_body = asked.url.partition("?")[0], _has_body(asked)
        key = (base, headers, asked.method, cookies, has_body)
        known = self._known.get(key)
        if known is None:
            if not asked.method:
                raise Unfit("request.method is empty")
            if len(self._known) >= _MOST_KNOWN:
                self._known.clear()
            place = self._views.place(base)
            view = self._views.view(asked.method, place, self._fields(headers, cookies), "", has_body)
            known = self._known[key] = view, place.origin
        return known

    def _fields(self, headers: bytes, cookies: bytes) -> Fields:
        """The header fields that are kept; cookies from their own array where there is no Cookie field."""
        fields = tuple(self._kept(headers))
        if not cookies or any(name == "cookie" for name, _ in fields):
            return fields
        line = cookie_line(cookies)
        return (*fields, ("cookie", line)) if line else fields

    def _kept(self, raw: bytes) -> Iterator[tuple[str, str]]:
        for field in fields_of(raw):
            name = self._views.name(field.name)
            if name is not None:
                yield name, field.value


def whole_status(status: object) -> int:
    """The status of an answer; 0 where there was none, as the -1 that Playwright writes of an aborted request says."""
    return status if type(status) is int and status > 0 else 0


def instant(text: str) -> int:
    """`startedDateTime` as microseconds since the epoch; digits beyond are cut.

    Raises:
        Unfit: it is no time, or one that no request was made at: some tools write the year 1 where they know none.
    """
    try:
        moment = datetime.fromisoformat(text)
        # What `parse_rfc3339` does, in a third of the time; a float has microseconds to spare until the year 2242.
        at = parse_rfc3339(text) if moment.tzinfo is None else round(moment.timestamp() * 1_000_000)
    except (ValueError, OverflowError):
        raise Unfit(f"startedDateTime is no time: {text[:40]!r}") from None
    if not EARLIEST <= at < LATEST:
        raise Unfit(f"startedDateTime is in the year {moment.year}")
    return at


def microseconds(milliseconds: object) -> int:
    """`time` of an entry; 0 where it is missing, negative or no number."""
    if isinstance(milliseconds, (float, int)) and 0 < milliseconds < 1e12:
        return round(milliseconds * 1000)
    return 0


def fields_of(raw: bytes) -> list[Field]:
    """Header fields or cookies: the good ones of the format's array of name and value, or an object."""
    try:
        return _FIELDS.decode(raw)
    except UNDECODABLE:
        return _loose(raw)


def _loose(raw: bytes) -> list[Field]:
    try:
        fields = json.loads(raw.decode("utf-8", "replace") or "[]")
    except (ValueError, RecursionError):
        return []
    if isinstance(fields, dict):
        fields = [{"name": name, "value": value} for name, value in fields.items()]
    if not isinstance(fields, list):
        return []
    found = (each for each in fields if isinstance(each, dict) and isinstance(each.get("name"), str))
    return [Field(whole(each["name"]), whole(each.get("value"))) for each in found]


def whole(text: object) -> str:
    """`text` with a question mark for every half of a character: Python's reader lets them through, no writer does.
    Empty where it is no text."""
    return text.encode("utf-8", "replace").decode() if isinstance(text, str) else ""


def cookie_line(cookies: bytes) -> str:
    """The `cookies` array as a Cookie header; empty when there is none, or none that can be read."""
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in fields_of(cookies))


def _names(raw: bytes) -> Iterator[str]:
    return (field.name for field in fields_of(raw))


def set_cookies(headers: Raw) -> tuple[str, ...]:
    """The Set-Cookie fields of an answer; several in one field are separated by newlines."""
    text = bytes(headers)
    if b"set-cookie" not in text.lower():
        return ()
    found = (field.value for field in fields_of(text) if field.name.lower() == "set-cookie")
    return tuple(line.strip() for value in found for line in value.split("\n") if line.strip())


def body_size(asked: HarRequest) -> int:
    """How large the request's body was, bytes: as the file says, else by its text; 0 where it tells neither."""
    if type(asked.bodySize) is int and asked.bodySize > 0:
        return asked.bodySize
    posted = b"" if asked.postData is UNSET else bytes(asked.postData)
    try:
        return len(_POSTED.decode(posted).text.encode("utf-8", "surrogatepass"))
    except UNDECODABLE:
        return 0


def _has_body(asked: HarRequest) -> bool:
    if asked.postData is not UNSET and memoryview(asked.postData).nbytes != _NULL:
        return True
    return type(asked.bodySize) is int and asked.bodySize > 0


def _streamed(kind: object) -> bool:
    return isinstance(kind, str) and kind.startswith(_STREAMS) and STREAMED.match(kind) is not None
