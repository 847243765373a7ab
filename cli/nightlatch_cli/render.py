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

LEAST = 12
"""What a column that gives way to others keeps, in characters: ids, states and durations are no longer."""

_BETWEEN = 2


def draw(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table on stdout, as wide as needed; cells are shown as they are, without markup."""
    cells = [tuple(row) for row in rows]
    console = Console(highlight=False)
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, padding=(0, _BETWEEN - 1, 0, 0))
    widths = [max(map(len, column)) for column in zip(headers, *cells, strict=True)]
    folded = folding(widths, console.width - _BETWEEN * len(widths))
    for column, header in enumerate(headers):
        table.add_column(header, no_wrap=column not in folded, overflow="fold")
    for row in cells:
        table.add_row(*(Text(cell, style=COLOURS.get(cell, "")) for cell in row))
    console.print(table)


def folding(widths: Sequence[int], room: int) -> set[int]:
    """Which of the columns give way where all of them would not fit into `room`: the widest, and no more than must."""
    folded: set[int] = set()
    over = sum(widths) - room
    for column in sorted(range(len(widths)), key=lambda each: -widths[each]):
        if over <= 0 or widths[column] <= LEAST:
            break
        folded.add(column)
        over -= widths[column] - LEAST
    return folded
