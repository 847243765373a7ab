"""The histogram of gaps: for how long people did nothing before they came back, and which limits would have noticed."""

from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import log10
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import DAY, HOUR, SECOND
from nightlatch.replay.observations import ACTIVE, MACHINE, Observations
from nightlatch.replay.report.scale import LogScale, Tick, duration_ticks
from nightlatch.replay.study import Study

_BARS = 36


class Bar(NamedTuple):
    """One class of gaps; places from 0 to 100, `top` from above."""

    left: float
    width: float
    top: float
    label: str


class Line(NamedTuple):
    """A limit, drawn in; `policy` is its number."""

    at: float
    label: str
    policy: int
    longer: int
    """So many gaps are as long or longer."""


class Gaps(NamedTuple):
    """The drawing. `people` are the gaps that there would be if timers did not count; empty where there is no timer."""

    bars: list[Bar]
    people: list[Bar]
    lines: list[Line]
    across: list[Tick]
    up: list[Tick]
    total: int


def gaps_chart(study: Study) -> Gaps | None:
    """The gaps under the first policy; None where nobody came back."""
    observed = study.replayed.outcomes[0].observed
    gaps = list(_gaps(observed, MACHINE)) if observed else []
    if observed is None or not gaps:
        return None
    people = list(_gaps(observed, 0))
    limits = list(_limits(study))
    longest = max(*gaps, *people, *(limit for limit, _, _ in limits), HOUR)
    scale = LogScale(SECOND, min(longest * 1.2, 90 * DAY))
    counts, alone = _counted(gaps, scale), _counted(people, scale)
    most = max(*counts, *alone)
    return Gaps(
        _bars(counts, most, scale),
        _bars(alone, most, scale) if alone != counts else [],
        [Line(scale(at), text, policy, sum(gap >= at for gap in gaps)) for at, text, policy in limits],
        duration_ticks(scale),
        [Tick(_height(n, most), f"{n:,}") for n in (10**power for power in range(12)) if n <= most],
        len(gaps),
    )


def _gaps(observed: Observations, tolerated: int) -> Iterator[int]:
    """The gaps between requests that count as activity; with `tolerated` MACHINE, those of timers among them."""
    for marks in observed.marks.values():
        active = [mark // 4 for mark in marks if mark & ACTIVE and not mark & MACHINE & ~tolerated]
        yield from (after - before for before, after in pairwise(active) if after > before)


def _limits(study: Study) -> Iterator[tuple[int, str, int]]:
    """Every idle limit of every policy once: itself, its name, the number of the policy."""
    for number, outcome in enumerate(study.replayed.outcomes):
        rules = [(rule.limits.idle, rule.name) for rule in outcome.policy.rules if rule.own_idle and not rule.public]
        seen = set[int]()
        for idle, name in ((outcome.policy.session.idle, ""), *rules):
            if idle is not None and idle not in seen:
                seen.add(idle)
                yield idle, f"{outcome.policy.name}{name and f', rule {name}'}: {format_duration(idle)}", number


def _counted(gaps: Iterable[int], scale: LogScale) -> list[int]:
    counts = [0] * _BARS
    for gap in gaps:
        counts[min(int(scale(gap, _BARS)), _BARS - 1)] += 1
    return counts


def _bars(counts: list[int], most: int, scale: LogScale) -> list[Bar]:
    width = 100 / _BARS
    edges = [scale.least * (scale.most / scale.least) ** (n / _BARS) for n in range(_BARS + 1)]
    return [
        Bar(
            round(n * width, 2),
            round(width, 2),
            round(100 - _height(count, most), 2),
            _bar_label(count, edges[n : n + 2]),
        )
        for n, count in enumerate(counts)
        if count
    ]


def _bar_label(count: int, edges: list[float]) -> str:
    first, last = (format_duration(round(edge)) for edge in edges)
    return f"{count:,} gap{'s' * (count != 1)} of {first} to {last}"


def _height(count: int, most: int) -> float:
    """From 0 to 94: one gap must be seen beside thousands, so the scale is logarithmic."""
    return round(94 * (log10(count) + 0.3) / (log10(most) + 0.3), 2) if count else 0
