"""Where in a TOML text each key stands: line and column, which `tomllib` does not tell.

A scanner, no parser: it is given text that `tomllib` has read already, skips over values, and knows nothing of what
they mean. Counts characters, not bytes; lines and columns from 1, as editors do.
"""

import re
import tomllib
from bisect import bisect_right
from typing import NamedTuple

Path = tuple[str | int, ...]
"""Keys from the root down; an element of an array, or of an array of tables, by its index."""


class Place(NamedTuple):
    """A place in a text, both from 1."""

    line: int
    column: int


class Spot(NamedTuple):
    """Where a key and its value begin; for a table or an element of an array the same place."""

    key: Place
    value: Place


_BLANK = re.compile(r"(?:[ \t\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_KEY = re.compile(r"""[A-Za-z0-9_-]+|"(?:[^"\\]|\\.)*"|'[^']*'""")
_STRING = re.compile(
    r'''"""(?:[^\\]|\\.)*?"{3,5}(?!")|\'{3}.*?\'{3,5}(?!\')|"(?:[^"\\]|\\.)*"|\'[^\']*\'|[^\[{,\]}\n#]+''', re.DOTALL
)


def places(text: str) -> dict[Path, Spot]:
    """Every key path of `text` with its spot. `text` must be valid TOML with `\\n` at the ends of lines."""
    scanner = _Scanner(text)
    scanner.document()
    starts = [0, *(index + 1 for index, character in enumerate(text) if character == "\n")]
    return {path: Spot(_place(starts, key), _place(starts, value)) for path, (key, value) in scanner.found.items()}


def _place(starts: list[int], offset: int) -> Place:
    line = bisect_right(starts, offset)
    return Place(line, offset - starts[line - 1] + 1)


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.found: dict[Path, tuple[int, int]] = {}
        self.last: dict[Path, int] = {}
        """Index of the last table of each array of tables."""

    def document(self) -> None:
        table: Path = ()
        self._skip(_BLANK)
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self._header()
            else:
                self._pair(table)
            self._skip(_BLANK)

    def _skip(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            return ""
        self.at = match.end()
        return match[0]

    def _header(self) -> Path:
        brackets = 2 if self.text.startswith("[[", self.at) else 1
        self.at += brackets
        path: Path = ()
        parts = self._keys()
        for index, (part, offset) in enumerate(parts):
            path = (*path, part)
            self.found.setdefault(path, (offset, offset))
            if brackets == 2 and index == len(parts) - 1:
                self.last[path] = self.last.get(path, -1) + 1
            if path in self.last:
                path = (*path, self.last[path])
                self.found.setdefault(path, (offset, offset))
        self._skip(_SPACE)
        self.at += brackets
        return path

    def _keys(self) -> list[tuple[str, int]]:
        """A dotted key, with the offset of each of its parts."""
        parts = []
        while True:
            self._skip(_SPACE)
            offset = self.at
            parts.append((_unquoted(self._skip(_KEY)), offset))
            self._skip(_SPACE)
            if not self.text.startswith(".", self.at):
                return parts
            self.at += 1

    def _pair(self, table: Path) -> None:
        path = table
        offset = self.at
        for part, offset in self._keys():
            path = (*path, part)
            self.found.setdefault(path, (offset, offset))
        self.at += 1
        self._skip(_SPACE)
        self.found[path] = (offset, self.at)
        self._value(path)

    def _value(self, path: Path) -> None:
        if self.text.startswith("[", self.at):
            self._items(path, "]")
        elif self.text.startswith("{", self.at):
            self._items(path, "}")
        else:
            self._skip(_STRING)

    def _items(self, path: Path, closing: str) -> None:
        """The elements of an array, or the pairs of an inline table."""
        self.at += 1
        index = 0
        self._skip(_BLANK)
        while not self.text.startswith(closing, self.at):
            if closing == "}":
                self._pair(path)
            else:
                self.found[(*path, index)] = (self.at, self.at)
                self._value((*path, index))
            index += 1
            self._skip(_BLANK)
            if self.text.startswith(",", self.at):
                self.at += 1
                self._skip(_BLANK)
        self.at += 1


def _unquoted(key: str) -> str:
    if key[:1] not in ('"', "'"):
        return key
    value: str = tomllib.loads(f"k={key}")["k"]
    return value
