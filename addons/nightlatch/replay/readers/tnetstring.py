"""Tagged netstrings (tnetstrings.info), read where they lie: what is not asked for is stepped over by its length.

`LENGTH:BYTES TAG`, the tags being `,` bytes, `;` text, `#` integer, `^` float, `!` boolean, `~` null, `]` list and `}`
dictionary. Nothing is decoded before somebody asks, so a body of a megabyte costs as much as an empty one.
"""

from collections.abc import Iterator
from mmap import mmap
from typing import NamedTuple

Buffer = bytes | mmap

_LONGEST_PREFIX = 12
_COMMA, _SEMICOLON, _HASH, _CARET, _BANG, _TILDE, _LIST, _DICT = b",;#^!~]}"


class Broken(ValueError):
    """The bytes at this place are no tagged netstring, or it breaks off."""


class Piece(NamedTuple):
    """One element: its content is `[start:end]`, its tag stands at `end`."""

    tag: int
    start: int
    end: int


def piece(buffer: Buffer, at: int, limit: int) -> Piece:
    """The element that begins at `at` and must end before `limit`.

    Raises:
        Broken: there is none, or it breaks off.
    """
    colon = buffer.find(b":", at, at + _LONGEST_PREFIX + 1)
    digits = buffer[at:colon] if colon > at else b""
    if not digits.isdigit():
        raise Broken("no length prefix")
    start = colon + 1
    end = start + int(digits)
    if end >= limit:
        raise Broken("it breaks off")
    return Piece(buffer[end], start, end)


def pieces(buffer: Buffer, outer: Piece) -> Iterator[Piece]:
    """The elements of a list, or the keys and values of a dictionary in turn.

    Raises:
        Broken: one of them is no element.
    """
    at = outer.start
    while at < outer.end:
        found = piece(buffer, at, outer.end)
        yield found
        at = found.end + 1


def members(buffer: Buffer, outer: Piece, wanted: frozenset[bytes]) -> dict[bytes, Piece]:
    """The members of a dictionary whose keys are `wanted`; empty for anything but a dictionary.

    Raises:
        Broken: the dictionary is damaged.
    """
    found: dict[bytes, Piece] = {}
    if outer.tag != _DICT:
        return found
    at, limit = outer.start, outer.end
    while at < limit:
        key = piece(buffer, at, limit)
        value = piece(buffer, key.end + 1, limit)
        name = buffer[key.start : key.end]
        if name in wanted:
            found[name] = value
        at = value.end + 1
    return found


def decoded(buffer: Buffer, found: Piece | None) -> object:
    """The value of an element: bytes, text, int, float, bool, None or a list; a dictionary counts as None.

    Raises:
        Broken: its content is not what its tag says.
    """
    if found is None or found.tag in (_TILDE, _DICT):
        return None
    if found.tag == _LIST:
        return [decoded(buffer, each) for each in pieces(buffer, found)]
    content = buffer[found.start : found.end]
    if found.tag == _BANG:
        return content == b"true"
    return _scalar(found.tag, content)


def _scalar(tag: int, content: bytes) -> object:
    if tag == _COMMA:
        return content
    if tag == _SEMICOLON:
        return content.decode("utf-8", "replace")
    try:
        if tag == _HASH:
            return int(content)
        if tag == _CARET:
            return float(content)
    except ValueError:
        raise Broken(f"no number: {content[:40]!r}") from None
    raise Broken(f"unknown tag {chr(tag)!r}")
