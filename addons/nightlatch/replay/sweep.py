"""`--sweep idle=5m..60m/5m`: the same traffic under one limit after the other, and where the curve has its knee."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from nightlatch.core.durations import parse_duration
from nightlatch.core.policy import MINUTE, Policy
from nightlatch.core.policy_variants import VARIED, with_limit
from nightlatch.core.verdict import Clock
from nightlatch.replay.figures import Figures
from nightlatch.replay.replaying import Replayed
from nightlatch.replay.simulate import Simulation

MOST_POINTS = 200
EXPECTED = "such as idle=5m..60m/5m, absolute=1h..12h/1h, admin.idle=1m..10m/1m (a rule's), or a list: idle=5m,15m,1h"

_SWEEP = re.compile(r"(?:(?P<rule>.+)\.)?(?P<clock>[a-z]+)=(?P<values>[^=]+)")
_RANGE = re.compile(r"(?P<from>[^./,]+)\.\.(?P<to>[^./,]+)/(?P<step>[^./,]+)")


class Sweep(NamedTuple):
    """Which limit takes which values, microseconds, ascending."""

    clock: Clock
    values: tuple[int, ...]
    rule: str | None = None

    @property
    def name(self) -> str:
        """`idle`, or `admin.idle`."""
        return f"{self.rule}.{self.clock}" if self.rule else str(self.clock)


DEFAULT = Sweep(Clock.IDLE, tuple(5 * MINUTE * n for n in range(1, 13)))
"""What a page shows when nobody asked for anything else."""


class Point(NamedTuple):
    """What one value of the limit comes to."""

    limit: int
    relogins: int
    relogins_per_user_day: float
    lost_writes: int
    exposure: int
    open: int
    """Both in microseconds, as in `figures.Told`."""


class Curve(NamedTuple):
    """A sweep that was run. `knee` is the index of the point there, None where the curve has none."""

    sweep: Sweep
    points: tuple[Point, ...]
    knee: int | None


def parse_sweep(text: str) -> Sweep:
    """What `--sweep` says.

    Raises:
        ValueError: it cannot be read; says why and what is expected.
    """
    match = _SWEEP.fullmatch("".join(text.split()))
    if match is None or match["clock"] not in VARIED:
        raise ValueError(f"--sweep {text}: expected {EXPECTED}")
    try:
        values = _values(match["values"])
    except ValueError as error:
        raise ValueError(f"--sweep {text}: {error}") from None
    return Sweep(Clock(match["clock"]), values, match["rule"])


def _values(text: str) -> tuple[int, ...]:
    match = _RANGE.fullmatch(text)
    if match is None:
        return tuple(sorted({_duration(value) for value in text.split(",")}))
    first, last, step = (_duration(match[name]) for name in ("from", "to", "step"))
    if last < first:
        raise ValueError(f"{match['to']} is before {match['from']}")
    if (last - first) // step >= MOST_POINTS:
        raise ValueError(f"more than {MOST_POINTS} values; use a larger step")
    return tuple(range(first, last + 1, step))


def _duration(text: str) -> int:
    value = parse_duration(text)
    if value is None:
        raise ValueError('"off" has no place on a curve')
    return value


def run_sweep(sweep: Sweep, replayed: Replayed) -> Curve:
    """The first policy of `replayed` with each value.

    Raises:
        ValueError: the policy has no such rule.
    """
    policy = replayed.outcomes[0].policy
    variants = [with_limit(policy, sweep.clock, value, sweep.rule) for value in sweep.values]
    points = tuple(_point(variant, value, replayed) for variant, value in zip(variants, sweep.values, strict=True))
    return Curve(sweep, points, knee([(point.relogins_per_user_day, point.open) for point in points]))


def _point(policy: Policy, limit: int, replayed: Replayed) -> Point:
    simulation = Simulation(policy, replayed.presented, relogin=replayed.relogin)
    figures, timeline = Figures(), replayed.timeline
    for judged in simulation.run(timeline.exchanges):
        figures.add(judged)
    told = figures.told(simulation, timeline.ends)
    days = replayed.outcomes[0].user_days
    return Point(limit, told.relogins, per(told.relogins, days), told.lost_writes, told.exposure, told.open)


def per(count: int, of: int) -> float:
    """`count` shared out; 0 where there is nothing to share it among."""
    return round(count / of, 4) if of else 0.0


def knee(points: Sequence[tuple[float, float]]) -> int | None:
    """Where a curve bends: the point furthest below the straight line between its ends, both axes scaled to what the
    curve spans. Before it a longer limit saves many logins for little, after it few for much. None for fewer than three
    points, and where nothing bends.

    Args:
        points: logins, and how long credentials work (less of both is better), in the order of the limit.
    """
    if len(points) < 3:
        return None
    logins, opened = (_scaled([point[axis] for point in points]) for axis in (0, 1))
    if logins is None or opened is None:
        return None
    below = [1 - left - right for left, right in zip(logins, opened, strict=True)]
    best = max(range(len(points)), key=lambda index: below[index])
    return best if below[best] > 0.05 and 0 < best < len(points) - 1 else None


def _scaled(values: Sequence[float]) -> list[float] | None:
    least, most = min(values), max(values)
    return [(value - least) / (most - least) for value in values] if most > least else None
