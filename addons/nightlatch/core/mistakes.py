"""Mistakes in a policy file, as values: where, what was found, what was expected. Knows neither TOML nor the keys."""

from typing import NamedTuple

from nightlatch.core.printable import printable


class Mistake(NamedTuple):
    """One mistake; line and column from 1. `nearest` is the known word that was probably meant."""

    file: str
    line: int
    column: int
    found: str
    expected: str
    nearest: str | None = None
    source: str = ""
    """The line of the file."""

    @property
    def message(self) -> str:
        """What was found, what was expected, and what was probably meant, in one line."""
        meant = f'; did you mean "{self.nearest}"?' if self.nearest else ""
        return f"{self.found}; expected {self.expected}{meant}"

    def render(self) -> str:
        """`file:line:column: message`, the line of the file, and a caret below the place."""
        before = self.source[: self.column - 1]
        caret = "".join("\t" if character == "\t" else " " for character in before) + "^"
        return printable(f"{self.file}:{self.line}:{self.column}: {self.message}\n  {self.source}\n  {caret}")


class PolicyInvalid(ValueError):
    """A policy that cannot come into force, with every mistake in it (of mistakes in syntax the first)."""

    def __init__(self, mistakes: tuple[Mistake, ...]) -> None:
        super().__init__("\n".join(f"{m.file}:{m.line}:{m.column}: {m.message}" for m in mistakes))
        self.mistakes = mistakes

    def render(self) -> str:
        """All mistakes, for a terminal: control characters of the file are shown as `?`."""
        return "\n".join(mistake.render() for mistake in self.mistakes)
