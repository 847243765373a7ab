"""Tables for a terminal. The only module that imports rich, and loaded only when stdout is one."""

from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

COLOURS = {
    "active": "green",
    "expired": "yellow",
    "ended": "red",
    "ok": "green",
    "warn": "yellow",
    "fail": "red",
}
"""Words that are told apart at a glance; `NO_COLOR` is obeyed by rich."""

SHORT = 24
"""Columns up to this wide (ids, instants, states) are kept on one line; on a narrow terminal the others give way."""


def draw(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout, as wide as needed; cells are shown as they are, without markup."""
    cells = [tuple(row) for row in rows]
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    for column, header in enumerate(headers):
        table.add_column(header, no_wrap=all(len(row[column]) <= SHORT for row in cells), overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in row))
    Console(highlight=False).print(table)
