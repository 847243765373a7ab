"""The trade-off curve: under a longer limit people log in less often, and what they leave behind stays open longer."""

from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import HOUR
from nightlatch.replay.report.scale import Scale, Tick, number_ticks
from nightlatch.replay.report.side_by_side import coarse
from nightlatch.replay.study import Study
from nightlatch.replay.sweep import Curve, per


class Dot(NamedTuple):
    """One value of the limit, or a policy as it is; places from 0 to 100, `top` from above."""

    left: float
    top: float
    label: str
    title: str
    policy: int | None = None


class Tradeoff(NamedTuple):
    """The drawing of one sweep. `path` is the curve on a square of 100."""

    name: str
    path: str
    dots: list[Dot]
    policies: list[Dot]
    knee: Dot | None
    across: list[Tick]
    up: list[Tick]


def tradeoff(curve: Curve, study: Study) -> Tradeoff:
    """How long credentials work (in hours) across, logins again per person and day up."""
    own = list(_policies(study))
    across = max([point.open / HOUR for point in curve.points] + [each[1] for each in own] + [1e-6]) * 1.05
    up = max([point.relogins_per_user_day for point in curve.points] + [each[2] for each in own] + [1e-6]) * 1.12
    x, y = Scale(0, across), Scale(0, up)
    dots = [
        Dot(
            x(point.open / HOUR),
            round(100 - y(point.relogins_per_user_day), 2),
            format_duration(point.limit),
            f"{curve.sweep.name} = {format_duration(point.limit)}: {point.relogins_per_user_day:.2f} logins again per "
            f"person and day, open for {coarse(point.open)}, {point.lost_writes} lost writes",
        )
        for point in curve.points
    ]
    path = "M" + "L".join(f"{dot.left} {dot.top}" for dot in dots)
    policies = [Dot(x(a), round(100 - y(b), 2), name, f"{name} as it is", n) for n, (name, a, b) in enumerate(own)]
    knee = None if curve.knee is None else dots[curve.knee]
    return Tradeoff(curve.sweep.name, path, dots, policies, knee, number_ticks(across), number_ticks(up))


def _policies(study: Study) -> Iterator[tuple[str, float, float]]:
    for outcome in study.replayed.outcomes:
        told = outcome.told
        yield told.name, told.open / HOUR, per(told.relogins, outcome.user_days)
