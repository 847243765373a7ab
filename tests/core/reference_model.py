"""An independent, naive model of the laws of time: it keeps the whole history of a session and answers every question
by going through it again. Slow and plain on purpose; shares no code with the engine."""

from dataclasses import dataclass, field, replace


@dataclass
class Route:
    """A rule as the model sees it; durations in seconds, None for off."""

    name: str
    idle: int | None
    absolute: int | None
    own_absolute: bool = False
    reauthenticate: bool = False
    passive: bool = False
    own_idle: bool = False


def as_remembered(routes: list[Route], kept: dict[str, int | None]) -> list[Route]:
    """The routes (the session's first) as they hold for a session that is remembered: what `kept` gives takes the place
    of the session's limits where it is longer, and of those that a route has from there."""

    def longer(key: str) -> int | None:
        usual: int | None = getattr(routes[0], key)
        given = kept.get(key, usual)
        return None if usual is None or given is None else max(usual, given)

    return [
        replace(
            route,
            idle=route.idle if route.own_idle else longer("idle"),
            absolute=route.absolute if route.own_absolute else longer("absolute"),
        )
        for route in routes
    ]


@dataclass
class ModelSession:
    """One session's history, in seconds."""

    authenticated_at: int
    acts: list[int] = field(default_factory=list)
    """Every moment at which the person was active, the login included."""
    reauthenticated_at: int | None = None
    ended_at: int | None = None
    ended_by: tuple[str, int, str, int] | None = None
    """clock, limit, rule, from."""
    end_reason: str | None = None

    def gaps(self, now: int) -> list[tuple[int, int]]:
        """(start, length) of every stretch without activity since the last authentication."""
        since = self.reauthenticated_at if self.reauthenticated_at is not None else self.authenticated_at
        moments = sorted({act for act in self.acts if act >= since} | {since})
        following = [*moments[1:], now]
        return [(start, end - start) for start, end in zip(moments, following, strict=True)]

    def idle(self, limit: int, now: int) -> tuple[int, int] | None:
        """(from, elapsed) when idle ran out: the widest gap, the earliest of equals."""
        start, length = max(self.gaps(now), key=lambda gap: (gap[1], -gap[0]))
        return (start, length) if length >= limit else None

    def absolute(self, route: Route, now: int) -> tuple[int, int] | None:
        assert route.absolute is not None
        start = self.authenticated_at
        if route.reauthenticate and route.own_absolute and self.reauthenticated_at is not None:
            start = self.reauthenticated_at
        return (start, now - start) if now - start >= route.absolute else None

    def dead_clocks(self, route: Route, now: int) -> list[tuple[int, int, str, int, int, int]]:
        """(deadline, tie-break, clock, limit, elapsed, from) of each clock that ran out, the first one first."""
        dead = []
        if route.absolute is not None and (out := self.absolute(route, now)):
            dead.append((out[0] + route.absolute, 0, "absolute", route.absolute, out[1], out[0]))
        if route.idle is not None and (out := self.idle(route.idle, now)):
            dead.append((out[0] + route.idle, 1, "idle", route.idle, out[1], out[0]))
        return sorted(dead)

    def outlived(self, routes: list[Route], now: int) -> int | None:
        """The first second at which every route refuses, if it has come by `now`."""
        last = self.acts[-1]
        return next(
            (at for at in range(last, now + 1) if all(self.dead_clocks(route, at) for route in routes)),
            None,
        )
