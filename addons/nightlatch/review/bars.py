"""The picture of a review: a bar a day, sessions that began beside those that ended, by how they ended."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

KINDS = ("idle", "absolute", "token", "other")
"""In the order in which they stand on each other; what is no clock is `other`."""
WIDTH, HEIGHT = 720, 160
MOST_DAYS = 92


class Bar(NamedTuple):
    """One rectangle, in the picture's units, with the words that belong to it."""

    kind: str
    x: float
    y: float
    width: float
    height: float
    told: str


class Chart(NamedTuple):
    """All bars, and what the scale says."""

    bars: tuple[Bar, ...]
    most: int
    """What the full height stands for."""
    first: str
    last: str


def chart(days: Sequence[Mapping[str, Any]]) -> Chart | None:
    """The chart of the last `MOST_DAYS` days on which something happened; None where nothing did."""
    shown = days[-MOST_DAYS:]
    if not shown:
        return None
    most = max(max(day["started"], sum(day["ended"].values())) for day in shown) or 1
    step = WIDTH / len(shown)
    bars = (bar for at, day in enumerate(shown) for bar in _day(day, at * step, min(step, 48.0), HEIGHT / most))
    return Chart(tuple(bars), most, shown[0]["day"], shown[-1]["day"])


def _day(day: Mapping[str, Any], x: float, step: float, unit: float) -> Iterator[Bar]:
    half = step * 0.42
    if day["started"]:
        height = day["started"] * unit
        yield Bar("started", x, HEIGHT - height, half, height, f"{day['day']}: {day['started']} started")
    top = float(HEIGHT)
    for kind, count in _by_kind(day["ended"]).items():
        if count:
            top -= count * unit
            yield Bar(kind, x + half, top, half, count * unit, f"{day['day']}: {count} ended by {kind}")


def _by_kind(ended: Mapping[str, int]) -> dict[str, int]:
    counted = dict.fromkeys(KINDS, 0)
    for how, count in ended.items():
        counted[how if how in KINDS else "other"] += count
    return counted
