import io

from rich.console import Console

from nightlatch_cli.render_watch import drawn, show
from nightlatch_cli.sessions_watch import ClockLeft, Line, Picture

LIVE = Line(
    "s1", "ada", "Firefox", "active", (ClockLeft("idle", 0.5, "15m"), ClockLeft("absolute", 0.1, "48m")), "1m ago"
)
OVER = Line("s2", "[bold]bob", "", "expired", (), "31m ago", "no activity for 30m, limit 30m")


def _text(picture: Picture) -> str:
    console = Console(file=io.StringIO(), width=120, color_system=None)
    console.print(drawn(picture))
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_bars_for_those_who_live_and_reasons_for_the_others() -> None:
    text = _text(Picture("1 live at 12:00:00", (LIVE, OVER), 3))
    assert "1 live at 12:00:00" in text
    assert "idle" in text and "15m" in text and "━" in text
    assert "expired: no activity for 30m, limit 30m" in text
    assert "and 3 more" in text


def test_names_are_no_markup() -> None:
    assert "[bold]bob" in _text(Picture("", (OVER,), 0))


def test_it_draws_until_there_is_no_more() -> None:
    console = Console(file=io.StringIO(), width=100, force_terminal=True)
    show([Picture("one", (LIVE,), 0), Picture("two", (), 0)], 0.01, console)
    assert isinstance(console.file, io.StringIO)
    assert "two" in console.file.getvalue()
