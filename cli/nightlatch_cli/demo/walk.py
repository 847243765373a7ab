"""How a tour tells what it does: every step says what was asked, what came, and whether that was expected."""

import contextlib
import io
import re
from collections.abc import Callable
from typing import NamedTuple

import typer

from nightlatch_cli.demo.visitor import Answer

Operator = Callable[[list[str]], object]
"""Runs one `nightlatch` command, given its arguments, in this process."""


class Expected(NamedTuple):
    """What an answer must be: its status, and text that its verdict and its session header must hold."""

    status: int
    verdict: str = ""
    session: str = ""

    def differences(self, answer: Answer) -> list[str]:
        """In words, where `answer` is not as expected."""
        found = [] if answer.status == self.status else [f"status {answer.status}, expected {self.status}"]
        if not answer.verdict.startswith(self.verdict):
            found.append(f"verdict {answer.verdict!r}, expected {self.verdict!r}")
        if self.session not in answer.session:
            found.append(f"session {answer.session!r}, expected {self.session!r}")
        return found


class Walk:
    """The telling of a tour, and the count of what did not come as expected."""

    def __init__(self, operator: Operator, ledger: str) -> None:
        self.operator = operator
        self.ledger = ledger
        self.differences: list[str] = []

    def chapter(self, title: str) -> None:
        """Begin a new part."""
        typer.echo(f"\n{title}")

    def saw(self, asked: str, answer: Answer, expected: Expected) -> None:
        """Tell one request with its answer, and remember where it differs from `expected`."""
        found = expected.differences(answer)
        told = re.sub(r"; id=.*", "", answer.verdict) or answer.session
        mark = "ok " if not found else "NOT"
        typer.echo(f"  {mark} {asked:<44} {answer.status}  {told}")
        for difference in found:
            typer.echo(f"      {difference}")
        self.differences += found

    def note(self, what: str, told: str, true: bool) -> None:
        """Tell a fact that is no answer, and remember it when it is not `true`."""
        typer.echo(f"  {'ok ' if true else 'NOT'} {what:<44}      {told}")
        if not true:
            self.differences.append(f"not so: {what}: {told}")

    def show(self, text: str) -> None:
        """Show what a command printed."""
        typer.echo("".join(f"    {line}\n" for line in text.splitlines()), nl=False)

    def command(self, *arguments: str) -> str:
        """Run a `nightlatch` command on the tour's ledger, show it, and return what it printed."""
        typer.echo(f"    $ nightlatch {' '.join(arguments)}")
        return self.quietly(*arguments)

    def quietly(self, *arguments: str) -> str:
        """The same without showing it."""
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(io.StringIO()):
            self.operator([*arguments, "--ledger", self.ledger])
        return printed.getvalue()
