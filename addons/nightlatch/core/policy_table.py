"""Reading the tables of a policy file, key by key, and collecting every mistake with its place.

A reader that finds a mistake reports it and goes on with the default, so that one look tells all of them. Knows types
and places, not what the keys mean.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from nightlatch.core.durations import EXPECTED, parse_duration
from nightlatch.core.mistakes import Mistake
from nightlatch.core.policy_values import Unfit, nearest
from nightlatch.core.toml_places import Path, Place, Spot

Check = Callable[[str], str]
"""Gives the value back, in its normal form, or raises Unfit."""


class Report:
    """The mistakes of one file so far."""

    def __init__(self, file: str, lines: list[str], spots: Mapping[Path, Spot]) -> None:
        self.file = file
        self.lines = lines
        self.spots = spots
        self.mistakes: list[Mistake] = []

    def add(self, path: Path, found: str, expected: str, near: str | None = None, *, value: bool = False) -> None:
        """Report a mistake at the key `path` (or its value); at the table around it where that key is not written."""
        at = path
        while at and at not in self.spots:
            at = at[:-1]
        spot = self.spots.get(at, Spot(Place(1, 1), Place(1, 1)))
        line, column = spot.value if value and at == path else spot.key
        source = self.lines[line - 1] if line <= len(self.lines) else ""
        self.mistakes.append(Mistake(self.file, line, column, found, expected, near, source))

    def in_order(self) -> tuple[Mistake, ...]:
        """All of them, from the top of the file down."""
        return tuple(sorted(self.mistakes, key=lambda mistake: (mistake.line, mistake.column)))


class Table:
    """One table of the file, with its place in it."""

    def __init__(self, report: Report, values: Mapping[str, Any], path: Path = ()) -> None:
        self.report = report
        self.values = values
        self.path = path

    def known(self, *keys: str) -> None:
        """Report every other key."""
        for key in self.values:
            if key not in keys:
                expected = f"one of {', '.join(keys)}"
                self.report.add((*self.path, key), f'unknown key "{key}"', expected, nearest(key, keys))

    def wrong(self, key: str, expected: str, near: str | None = None) -> None:
        """Report the value of `key`."""
        self.report.add((*self.path, key), f"{key} is {shown(self.values[key])}", expected, near, value=True)

    def text(self, key: str, check: Check) -> str | None:
        """A string that passes `check`; None when absent or wrong."""
        if key not in self.values:
            return None
        return self._checked((*self.path, key), key, self.values[key], check)

    def texts(self, key: str, check: Check, *, some: bool = False) -> tuple[str, ...]:
        """A string or an array of strings; with `some` an empty array is a mistake."""
        value = self.values.get(key, [])
        if isinstance(value, str):
            read = self.text(key, check)
            return () if read is None else (read,)
        if not isinstance(value, list):
            self.wrong(key, "a string or an array of strings")
            return ()
        if some and not value and key in self.values:
            self.wrong(key, "at least one string; leave the key out to match everything")
        items = [self._checked((*self.path, key, index), key, item, check) for index, item in enumerate(value)]
        return tuple(item for item in items if item is not None)

    def _checked(self, path: Path, key: str, value: object, check: Check) -> str | None:
        if not isinstance(value, str):
            self.report.add(path, f"{key} is {shown(value)}", "a string", value=True)
            return None
        try:
            return check(value)
        except Unfit as unfit:
            self.report.add(path, f"{key} is {shown(value)}", unfit.expected, unfit.nearest, value=True)
            return None

    def choice(self, key: str, options: tuple[str, ...], default: str) -> str:
        """One of `options`."""

        def check(text: str) -> str:
            if text not in options:
                raise Unfit(f"one of {', '.join(options)}", nearest(text, options))
            return text

        return self.text(key, check) or default

    def flag(self, key: str) -> bool:
        """true or false; false when absent."""
        value = self.values.get(key, False)
        if not isinstance(value, bool):
            self.wrong(key, "true or false", str(value).lower() if str(value).lower() in ("true", "false") else None)
        return value is True

    def count(self, key: str) -> int | None:
        """A whole number from 1."""
        value = self.values.get(key)
        if value is None or (type(value) is int and 0 < value < 1_000_000):
            return value
        self.wrong(key, "a whole number from 1 to 999999")
        return None

    def durations(self, *keys: str) -> dict[str, int | None]:
        """Those of `keys` that are given and are durations, in microseconds; None for `off`."""
        given = {}
        for key in keys:
            value = self.values.get(key)
            if isinstance(value, str):
                try:
                    given[key] = parse_duration(value)
                except ValueError as error:
                    found, _, _ = str(error).partition("; expected ")
                    self.report.add((*self.path, key), f"{key}: {found}", f'{EXPECTED}, or "off"', value=True)
            elif value is not None:
                self.wrong(key, f'{EXPECTED}, or "off"')
        return given

    def table(self, key: str) -> "Table":
        """The table `key`; an empty one when absent or wrong."""
        value = self.values.get(key, {})
        if not isinstance(value, dict):
            self.wrong(key, "a table")
            value = {}
        return Table(self.report, value, (*self.path, key))

    def named(self) -> Iterator[tuple[str, "Table"]]:
        """All values, each of which must be a table."""
        return ((key, self.table(key)) for key in self.values)

    def tables(self, key: str) -> list["Table"]:
        """The array of tables `key`."""
        value = self.values.get(key, [])
        if not isinstance(value, list):
            self.wrong(key, f"an array of tables: [[{key}]]" if not self.path else "an array of tables")
            return []
        tables = []
        for index, item in enumerate(value):
            path = (*self.path, key, index)
            if isinstance(item, dict):
                tables.append(Table(self.report, item, path))
            else:
                self.report.add(path, f"{key} holds {shown(item)}", "a table such as { path = … }", value=True)
        return tables


def shown(value: object) -> str:
    """A value of the file, short enough for a message."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return f'"{value[:60]}{"…" if len(value) > 60 else ""}"'
    if isinstance(value, int | float):
        return f"the number {str(value)[:20]}"
    return "a table" if isinstance(value, dict) else "an array" if isinstance(value, list) else "a date or time"
