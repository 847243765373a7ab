"""The live sessions on a terminal: a table that redraws itself. Imports rich, and knows no ledger."""

from collections.abc import Iterable

from rich import box
from rich.console import Console, Group
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from nightlatch_cli.render import COLOURS
from nightlatch_cli.sessions_watch import ClockLeft, Line, Picture

WIDTH = 24
"""Characters of a bar."""


def show(pictures: Iterable[Picture], seconds: float, console: Console | None = None) -> None:
    """Draw one picture after the other, in place, until they end or Ctrl-C."""
    with Live(console=console or Console(highlight=False), refresh_per_second=1 / seconds, screen=True) as live:
        for picture in pictures:
            live.update(drawn(picture), refresh=True)


def drawn(picture: Picture) -> Group:
    """The picture as rich draws it."""
    table = Table(box=box.SIMPLE_HEAD, pad_edge=False, expand=True)
    for header in ("who", "id", "from", "what is left, or why it ended", "last active"):
        wide = header == "what is left, or why it ended"
        table.add_column(header, no_wrap=not wide, overflow="ellipsis", min_width=WIDTH + 20 if wide else None)
    for line in picture.lines:
        table.add_row(
            Text(line.subject, style="bold"),
            line.id,
            Text(line.origin, style="dim"),
            _left(line),
            Text(line.active, style="dim"),
        )
    more = [Text(f"and {picture.more} more", style="dim")] if picture.more else []
    return Group(Text(picture.title, style="bold"), table, *more, Text("Ctrl-C to leave", style="dim"))


def _left(line: Line) -> Table | Text:
    if line.why:
        return Text(f"{line.state}: {line.why}", style=COLOURS.get(line.state, ""))
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=8)
    grid.add_column(width=WIDTH)
    grid.add_column(no_wrap=True, min_width=8)
    for clock in line.clocks:
        bar = ProgressBar(total=1.0, completed=clock.share, width=WIDTH, complete_style=_colour(clock), style="grey30")
        grid.add_row(Text(clock.name, style="dim"), bar, Text(clock.left))
    return grid


def _colour(clock: ClockLeft) -> str:
    return "green" if clock.share > 0.5 else "yellow" if clock.share > 0.2 else "red"
