"""From instants, durations and counts to places on a drawing, and the marks that stand at its edges. Draws nothing."""

from collections.abc import Iterable
from math import ceil, log
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND

_TIMES = (
    *(SECOND * n for n in (1, 5, 15, 30)),
    *(MINUTE * n for n in (1, 2, 5, 10, 15, 30)),
    *(HOUR * n for n in (1, 2, 3, 6, 12)),
    *(DAY * n for n in (1, 2, 7, 14, 30, 91, 365)),
)
_DURATIONS = (
    *(SECOND * n for n in (1, 10, 30)),
    *(MINUTE * n for n in (1, 5, 15)),
    *(HOUR * n for n in (1, 4, 12)),
    *(DAY * n for n in (1, 7, 30, 365)),
)


class Tick(NamedTuple):
    """A mark at an edge: its place from 0 to 100, and what it says."""

    at: float
    label: str


class Scale(NamedTuple):
    """A straight scale from `least` to `most`."""

    least: float
    most: float

    def __call__(self, value: float, of: float = 100) -> float:
        """Where `value` stands, from 0 to `of`; what lies outside stands at the edge."""
        span = self.most - self.least
        place = (value - self.least) / span if span > 0 else 0.5
        return round(min(max(place, 0), 1) * of, 2)


class LogScale(NamedTuple):
    """A logarithmic scale from `least` to `most`, both above 0."""

    least: float
    most: float

    def __call__(self, value: float, of: float = 100) -> float:
        """Where `value` stands, from 0 to `of`; what lies outside stands at the edge."""
        inside = min(max(value, self.least), self.most)
        return round(log(inside / self.least) / log(self.most / self.least) * of, 2)


def time_ticks(begins: int, ends: int, most: int = 6) -> list[Tick]:
    """Round times between two instants (microseconds, UTC), at most about `most`."""
    step = next((step for step in _TIMES if (ends - begins) / step <= most), _TIMES[-1])
    scale = Scale(begins, ends)
    first = -(-begins // step) * step
    day = (ends - begins) > DAY
    return [Tick(scale(at), time_label(at, step, day)) for at in range(first, ends + 1, step)]


def time_label(at: int, step: int = SECOND, day: bool = False) -> str:
    """An instant in few letters: its day, its time, or both; seconds only where `step` is shorter than a minute."""
    text = rfc3339(at)
    if step >= DAY:
        return text[5:10]
    clock = text[11:19] if step < MINUTE else text[11:16]
    return f"{text[5:10]} {clock}" if day else clock


def duration_ticks(scale: LogScale) -> list[Tick]:
    """Durations that people think in, on a logarithmic scale of microseconds."""
    return [Tick(scale(each), format_duration(each)) for each in _DURATIONS if scale.least <= each <= scale.most]


def number_ticks(most: float, count: int = 4, least: float = 0) -> list[Tick]:
    """Round numbers from `least` to `most`, about `count` of them."""
    if most <= least:
        return [Tick(0, _number(least))]
    span = most - least
    size = 10.0 ** len(str(int(span))) / 1e6
    step = next(
        factor * size * 10**power
        for power in range(12)
        for factor in (1, 2, 5)
        if span / (factor * size * 10**power) <= count
    )
    scale = Scale(least, most)
    first, last = ceil(least / step - 1e-9), int(most / step + 1e-9)
    return [Tick(scale(step * n), _number(step * n)) for n in range(first, last + 1)]


def around(values: Iterable[float], room: float) -> Scale:
    """A scale on which all of `values` stand, none of them below 0, with the share `room` of their span left at both
    ends."""
    known = list(values)
    least, most = min(known), max(known)
    beyond = room * (most - least or most or 1)
    return Scale(max(0, least - beyond), most + beyond)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".")
