"""The trade-off curve: under a longer limit people log in less often, and what they leave behind stays open longer."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import HOUR
from nightlatch.replay.report.scale import Scale, Tick, around, number_ticks
from nightlatch.replay.report.side_by_side import coarse
from nightlatch.replay.study import Study
from nightlatch.replay.sweep import Curve, per

_ROOM = 0.1
"""Of what the curve spans, left at each end for what is written beside its dots."""


class Dot(NamedTuple):
    """One value of the limit, or a policy as it is; places from 0 to 100, `top` from above."""

    left: float
    top: float
    label: str
    title: str
    policy: int | None = None
    outside: bool = False
    """So far from the curve that it is told and not drawn: the curve would be a dot beside it."""


class _AsItIs(NamedTuple):
    """What a policy comes to with its own limits; `open` in microseconds."""

    name: str
    open: int
    relogins: float


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
    """How long credentials work (in hours) across, logins again per person and day up. Both axes span what there is to
    see, as the knee is the curve's own: from 0 on the curve might be a dot in a corner."""
    own = list(_policies(study))
    x = _scale([point.open / HOUR for point in curve.points], [each.open / HOUR for each in own])
    y = _scale([point.relogins_per_user_day for point in curve.points], [each.relogins for each in own])
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
    policies = [_own(each, number, x, y) for number, each in enumerate(own)]
    knee = None if curve.knee is None else dots[curve.knee]
    return Tradeoff(curve.sweep.name, path, dots, policies, knee, *map(_ticks, (x, y)))


def _ticks(scale: Scale) -> list[Tick]:
    return number_ticks(scale.most, least=scale.least)


def _scale(curve: Sequence[float], own: Sequence[float]) -> Scale:
    """With room for the policies too that are no further from the curve than it is long."""
    least, most = min(curve), max(curve)
    near = [each for each in own if least == most or 2 * least - most <= each <= 2 * most - least]
    return around([*curve, *near], _ROOM)


def _own(each: _AsItIs, number: int, x: Scale, y: Scale) -> Dot:
    hours = each.open / HOUR
    outside = not (x.least <= hours <= x.most and y.least <= each.relogins <= y.most)
    where = f", outside the drawing: {each.relogins:.2f} logins again, open for {coarse(each.open)}" if outside else ""
    return Dot(x(hours), round(100 - y(each.relogins), 2), each.name, f"{each.name} as it is{where}", number, outside)


def _policies(study: Study) -> Iterator[_AsItIs]:
    for outcome in study.replayed.outcomes:
        told = outcome.told
        yield _AsItIs(told.name, told.open, per(told.relogins, outcome.user_days))
