"""How a long run ends: its figures as a table and as JSON, or the promise that was broken and how to see it again.
Knows nothing of what ran."""

import json
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NoReturn

Table = Mapping[str, Mapping[str, object]]
"""Parts of a run, each with its figures by name."""


def table(figures: Table) -> str:
    """The figures, in Markdown."""
    rows = [
        f"| {part} | {name} | {_shown(value)} |" for part, named in figures.items() for name, value in named.items()
    ]
    return "\n".join(["| | what | figure |", "|---|---|---|", *rows])


def close(figures: Table, file: Path | None) -> None:
    """Print the table; write `file`, too."""
    print(table(figures))
    if file is not None:
        file.write_text(json.dumps(figures, indent=2, default=dict) + "\n")


def broken(promise: object, command: str) -> NoReturn:
    """Tell what did not hold, and end with 1."""
    print(f"BROKEN: {promise}\nto see it again: {command}", file=sys.stderr)
    sys.exit(1)


def teller(every: int) -> Callable[[str], None]:
    """Tells on stderr how far a run is, once in so many times."""
    told = 0

    def say(text: str) -> None:
        nonlocal told
        told += 1
        if told % every == 0:
            print(text, file=sys.stderr, flush=True)

    return say


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:.2f}"
    return f"{value:,}" if isinstance(value, int) else str(value)
