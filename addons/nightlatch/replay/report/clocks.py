"""One credential's clocks, drawn large: how `idle` runs down and is wound up again by activity, and how `absolute` only
runs down, under the limits of `[session]`."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from nightlatch.core.policy import Limits
from nightlatch.core.remembering import remembered_policy
from nightlatch.replay.lifetimes import Lifetime
from nightlatch.replay.observations import ACTIVE
from nightlatch.replay.report.scale import Scale, Tick, time_ticks
from nightlatch.replay.study import Study

WIDTH, HEIGHT = 1000, 100
_STEP = 2
"""Activity closer together than this on the drawing looks like one."""


class Wound(NamedTuple):
    """The clocks of one policy, as paths: the area below what remains of `idle`, and the line of `absolute`."""

    policy: int
    idle: str
    absolute: str


class Clocks(NamedTuple):
    """The drawing, on its own axis of time."""

    wound: list[Wound]
    across: list[Tick]


def clocks(lives: Sequence[tuple[Sequence[Lifetime], Sequence[int]]], study: Study) -> Clocks:
    """The clocks of one credential.

    Args:
        lives: for each policy its sessions, and the marks of its requests.
        study: where the policies are.
    """
    ends = study.replayed.timeline.ends
    spans = [(life.started_at, _end(life, ends)) for sessions, _ in lives for life in sessions]
    if not spans:
        return Clocks([], [])
    begins, last = min(start for start, _ in spans), max(end for _, end in spans)
    scale = Scale(begins, max(last, begins + 1_000_000))
    wound = []
    for number, (sessions, marks) in enumerate(lives):
        policy = study.policies[number].outcome.policy
        limits = [(remembered_policy(policy) if life.remembered else policy).session for life in sessions]
        times = [mark // 4 for mark in marks if mark & ACTIVE]
        lived = [*zip(sessions, limits, strict=True)]
        idle = "".join(_idle(life, times, own, scale, _end(life, ends)) for life, own in lived)
        absolute = "".join(_absolute(life, own, scale, _end(life, ends)) for life, own in lived)
        wound.append(Wound(number, idle, absolute))
    return Clocks(wound, time_ticks(int(scale.least), int(scale.most), 5))


def _end(life: Lifetime, ends: int) -> int:
    return max(life.last_active_at, ends if life.ends_at is None else min(life.ends_at, ends))


def _idle(life: Lifetime, times: Sequence[int], limits: Limits, scale: Scale, end: int) -> str:
    if limits.idle is None:
        return ""
    active = [life.started_at, *(at for at in times if life.started_at < at <= life.last_active_at), end]
    points = list(_saw(active, limits.idle, scale))
    return f"M{_x(life.started_at, scale)} {HEIGHT}L{'L'.join(points)}L{_x(end, scale)} {HEIGHT}Z"


def _saw(active: Sequence[int], idle: int, scale: Scale) -> Iterator[str]:
    """Full at each activity, less and less until the next one."""
    wound, drawn = active[0], _x(active[0], scale)
    yield f"{drawn} 0"
    for at in active[1:]:
        place, last = _x(at, scale), at == active[-1]
        if place - drawn >= _STEP or last:
            left = max(0, 1 - (at - wound) / idle)
            yield f"{place} {round((1 - left) * HEIGHT)}"
            if not last:
                yield f"{place} 0"
            drawn = place
        wound = at


def _absolute(life: Lifetime, limits: Limits, scale: Scale, end: int) -> str:
    if limits.absolute is None:
        return ""
    down = [min(1.0, (at - life.authenticated_at) / limits.absolute) for at in (life.started_at, end)]
    (x1, x2), (y1, y2) = (_x(life.started_at, scale), _x(end, scale)), (round(part * HEIGHT, 1) for part in down)
    return f"M{x1} {y1}L{x2} {y2}"


def _x(at: int, scale: Scale) -> int:
    return round(scale(at, WIDTH))
