"""One thing that is questionable in a policy: how grave, by which clause, and at which key of the file.

Knows neither the rules that find things nor what is done with what they find.
"""

from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.toml_places import Path, Place, Spot, places


class Severity(StrEnum):
    """How grave a finding is. It comes from the strength of the clause: SHALL is an error, SHOULD a warning."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


GRAVITY = (Severity.ERROR, Severity.WARNING, Severity.NOTE)
"""The gravest first."""


class Finding(NamedTuple):
    """What a lint rule found. `path` is the key in the file that it is about, whether written there or not."""

    code: str
    """Stable, in kebab case, such as `idle-above-standard`: what a report or an exception refers to."""
    severity: Severity
    message: str
    clause: str
    """The standard and clause behind it; empty where nightlatch's own judgement is all there is."""
    path: Path


class Located(NamedTuple):
    """A finding with its place in the file, line and column from 1, and that line."""

    finding: Finding
    line: int
    column: int
    source: str


class Written:
    """Which keys a policy's text holds, and where."""

    def __init__(self, text: str) -> None:
        plain = text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._lines = plain.split("\n")
        self._spots = places(plain)

    def __contains__(self, path: Path) -> bool:
        return path in self._spots

    def first(self, *paths: Path) -> Path:
        """The first of `paths` that is written; the last one when none is."""
        return next((path for path in paths if path in self._spots), paths[-1])

    def place(self, path: Path) -> Place:
        """Where the key `path` stands; where it is not written, the nearest table around it, else the top."""
        while path and path not in self._spots:
            path = path[:-1]
        return self._spots.get(path, Spot(Place(1, 1), Place(1, 1))).key

    def locate(self, finding: Finding) -> Located:
        """`finding` with its place."""
        line, column = self.place(finding.path)
        return Located(finding, line, column, self._lines[line - 1])
