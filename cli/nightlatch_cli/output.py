"""What is printed, and where: data on stdout, talk on stderr.

Text that came from outside (subjects, paths, user agents) may hold control characters that a terminal would obey;
none of them gets through here. Tables are drawn only on a terminal, by `render`, the one module that knows rich.
"""

import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from nightlatch.core.printable import printable

Document = Mapping[str, Any] | Sequence[Any]
"""What `--json` prints: plain values that JSON has."""


def on_terminal() -> bool:
    """Whether stdout is read by a person."""
    return sys.stdout.isatty()


def say(text: str) -> None:
    """Talk: one or more lines on stderr."""
    sys.stderr.write(printable(text) + "\n")


def tell(text: str) -> None:
    """The answer itself, as text: one or more lines on stdout."""
    sys.stdout.write(printable(text) + "\n")


def print_json(document: Document) -> None:
    """One document on stdout, to be read by programs and people."""
    sys.stdout.write(json.dumps(document, indent=2) + "\n")


def print_jsonl(documents: Iterable[Document]) -> None:
    """A stream on stdout: a document a line, each on its way as soon as it is there."""
    for document in documents:
        sys.stdout.write(json.dumps(document, separators=(",", ":")) + "\n")
        sys.stdout.flush()


def print_table(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on a terminal; elsewhere a line a row, tabs between, the names of the columns first."""
    cells = ([printable(cell, keep="") for cell in row] for row in rows)
    if on_terminal():
        from nightlatch_cli.render import draw

        draw(headers, cells)
        return
    for row in (headers, *cells):
        sys.stdout.write("\t".join(row) + "\n")


def print_lines(lines: Iterable[str]) -> bool:
    """Lines on stdout, each on its way as soon as it is there; whether there were any."""
    some = False
    for line in lines:
        some = True
        sys.stdout.write(printable(line, keep="") + "\n")
        sys.stdout.flush()
    return some


def print_facts(facts: Iterable[tuple[str, str]]) -> None:
    """Names and values, a line each, the values below each other; what has no value is left out."""
    known = [(name, printable(value, keep="")) for name, value in facts if value]
    width = max((len(name) for name, _ in known), default=0)
    for name, value in known:
        sys.stdout.write(f"{name:<{width}}  {value}\n")


def forgiving() -> None:
    """Characters that stdout's or stderr's encoding does not have are written as escapes in place of an error."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
