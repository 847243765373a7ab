"""The corpus of smuggled requests in tests/data, as bytes that a client sends. Knows nothing of who reads them."""

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hpack.hpack import Encoder
from hyperframe.frame import DataFrame, HeadersFrame, SettingsFrame

FOLDER = Path(__file__).parents[2] / "tests" / "data"
PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_USUAL = ":method %s | :scheme https | :authority @A | :path /app | cookie sid=@L"

Field = tuple[bytes, bytes]


class Names(NamedTuple):
    """What the placeholders of the corpus stand for."""

    authority: bytes
    live: bytes
    ended: bytes


class Entry(NamedTuple):
    """One line of the corpus."""

    name: str
    text: str
    good: bool
    """It must come through."""


class Message(NamedTuple):
    """A request of HTTP/2 in its parts."""

    fields: tuple[Field, ...]
    body: bytes | None = None
    trailers: tuple[Field, ...] = ()


@cache
def entries(version: int) -> tuple[Entry, ...]:
    """The corpus of HTTP/1 or HTTP/2."""
    lines = (FOLDER / f"smuggling_http{version}.txt").read_text(encoding="ascii").splitlines()
    return tuple(_entry(line) for line in lines if line and not line.startswith("#"))


def _entry(line: str) -> Entry:
    name, _, text = line.partition(": ")
    return Entry(name.lstrip("+"), text, name.startswith("+"))


def http1(entry: Entry, names: Names) -> bytes:
    """What a client of HTTP/1 sends."""
    return filled(entry.text, names)


def http2(entry: Entry, names: Names) -> Message:
    """The parts of a request of HTTP/2."""
    text = entry.text.replace("@GET", _USUAL % "GET").replace("@POST", _USUAL % "POST")
    fields, body, trailers = [], None, []
    for part in text.split(" | "):
        what, _, rest = part.partition(" ")
        if what == "DATA":
            body = filled(rest, names)
        elif what == "TRAILERS":
            trailers.append(_field(rest, names))
        else:
            fields.append(_field(part, names))
    return Message(tuple(fields), body, tuple(trailers))


def _field(text: str, names: Names) -> Field:
    name, _, value = text.partition(" ")
    return filled(name, names), filled(value, names)


def filled(text: str, names: Names) -> bytes:
    """`text` with its escapes and placeholders replaced."""
    data = text.encode("ascii").decode("unicode_escape").encode("latin-1")
    cookie = b"Cookie: sid=" + names.live + b"\r\n"
    for mark, value in ((b"@H", b"@N" + cookie), (b"@N", b"Host: @A\r\n"), (b"@L", names.live), (b"@E", names.ended)):
        data = data.replace(mark, value)
    return data.replace(b"@A", names.authority)


def frames(messages: Sequence[Message]) -> bytes:
    """A whole client connection of HTTP/2, each message on a stream of its own."""
    return PREFACE + SettingsFrame(0).serialize() + b"".join(_frames(messages, Encoder()))


def _frames(messages: Sequence[Message], encoder: Encoder) -> Iterator[bytes]:
    for number, message in enumerate(messages):
        stream, parts = 2 * number + 1, [message.fields, message.trailers]
        ends = message.body is None and not message.trailers
        yield _headers(stream, encoder, parts[0], ends)
        if message.body is not None:
            data = DataFrame(stream, message.body, flags=[] if message.trailers else ["END_STREAM"])
            yield data.serialize()
        if message.trailers:
            yield _headers(stream, encoder, parts[1], True)


def _headers(stream: int, encoder: Encoder, fields: Sequence[Field], ends: bool) -> bytes:
    flags = ["END_HEADERS", "END_STREAM"] if ends else ["END_HEADERS"]
    return HeadersFrame(stream, encoder.encode(list(fields)), flags=flags).serialize()
