"""HAR 1.1 and 1.2 files, as browsers and proxies export them, read fast: into structs with only the fields that count.

What does not fit is left to `har_mending`, so that one bad entry never costs the file.
"""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from nightlatch.core.instants import parse_rfc3339
from nightlatch.replay.exchange import Exchange, Unfit
from nightlatch.replay.readers.views import STREAMED, Views


class Field(Struct, gc=False):
    """A header field or a cookie."""

    name: str
    value: str


class HarRequest(Struct, gc=False):
    method: str
    url: str
    headers: list[Field] = []
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


_FIELDS = msgspec.json.Decoder(list[Field])
_NULL = len("null")
_SET_COOKIE = re.compile(rb"set-cookie", re.IGNORECASE)


class HarReader:
    """Turns the entries of one file into exchanges."""

    def __init__(self, file: str, views: Views) -> None:
        self._file, self._views = file, views

    def exchange(self, position: int, entry: Entry) -> Exchange:
        """The exchange that `entry` tells of.

        Raises:
            Unfit: it tells of no request that can be judged.
        """
        asked, answer = entry.request, entry.response
        place = self._views.place(asked.url)
        if not asked.method:
            raise Unfit("request.method is empty")
        view = self._views.view(asked.method, place, tuple(self._fields(asked)), "", _has_body(asked))
        return Exchange(
            position,
            self._file,
            instant(entry.startedDateTime),
            microseconds(entry.time),
            view,
            place.origin,
            answer.status if answer is not None and type(answer.status) is int else 0,
            () if answer is None or answer.headers is UNSET else set_cookies(answer.headers),
            answer is not None and _streamed(answer),
        )

    def _fields(self, asked: HarRequest) -> Iterator[tuple[str, str]]:
        name = self._views.name
        there = False
        for field in asked.headers:
            lower = name(field.name)
            if lower is not None:
                there = there or lower == "cookie"
                yield lower, field.value
        if not there and asked.cookies is not UNSET and (line := cookie_line(asked.cookies)):
            yield "cookie", line


def instant(text: str) -> int:
    """`startedDateTime` as microseconds since the epoch; digits beyond are cut.

    Raises:
        Unfit: it is no time.
    """
    try:
        return parse_rfc3339(text)
    except (ValueError, OverflowError):
        raise Unfit(f"startedDateTime is no time: {text[:40]!r}") from None


def microseconds(milliseconds: object) -> int:
    """`time` of an entry; 0 where it is missing, negative or no number."""
    if type(milliseconds) in (int, float) and 0 < milliseconds < 1e12:  # type: ignore[operator] # just checked
        return round(milliseconds * 1000)  # type: ignore[operator]
    return 0


def cookie_line(cookies: Raw) -> str:
    """The `cookies` array as a Cookie header; empty when there is none, or none that can be read."""
    if memoryview(cookies).nbytes < 4:
        return ""
    try:
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in _FIELDS.decode(cookies))
    except msgspec.MsgspecError:
        return ""


def set_cookies(headers: Raw) -> tuple[str, ...]:
    """The Set-Cookie fields of an answer; several in one field are separated by newlines."""
    if _SET_COOKIE.search(headers) is None:
        return ()
    try:
        fields = _FIELDS.decode(headers)
    except msgspec.MsgspecError:
        return ()
    found = (field.value for field in fields if field.name.lower() == "set-cookie")
    return tuple(line.strip() for value in found for line in value.split("\n") if line.strip())


def _has_body(asked: HarRequest) -> bool:
    if asked.postData is not UNSET and memoryview(asked.postData).nbytes != _NULL:
        return True
    return type(asked.bodySize) is int and asked.bodySize > 0


def _streamed(answer: HarResponse) -> bool:
    kind = answer.content.mimeType if answer.content is not None else None
    return answer.status == 101 or (isinstance(kind, str) and STREAMED.match(kind) is not None)
