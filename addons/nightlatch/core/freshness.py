"""Has the person really authenticated, or did the provider send them back without asking (law of time 9)?

Providers measure in wall time and in whole seconds, and so does this: a warp of nightlatch's clock makes nobody's
authentication younger or older here. Pure.
"""

from nightlatch.core.demands import Demand
from nightlatch.core.policy import SECOND
from nightlatch.core.warp import Warp

MISSING = "auth_time_missing"
"""The provider does not say when the person authenticated."""
FUTURE = "auth_time_future"
"""It names an instant that has not come."""
STALE = "auth_time_stale"
"""It was before this login began, or longer ago than is allowed."""
SPENT = "auth_time_spent"
"""It is the authentication by which a session here was begun that has ended since."""


def not_fresh(
    auth_time: int | None,
    demand: Demand,
    *,
    started: int,
    wall: int,
    warp: Warp,
    leeway: int,
    spent: int | None,
    lifetime: int | None,
) -> str | None:
    """Why an authentication does not do; None when it does. All instants are microseconds on the wall clock.

    Args:
        auth_time: when the provider says that the person authenticated.
        demand: what the login has to give.
        started: when this login began.
        wall: now.
        warp: by which nightlatch's time comes from wall time, for ages.
        leeway: how far the provider's clock may be off.
        spent: the latest authentication of this person that must not serve again: a session that it began has
            ended, or it is the one that was not fresh enough.
        lifetime: how long a session lasts at most, from its authentication on.
    """
    if auth_time is None:
        return MISSING if demand.fresh or demand.max_age is not None or spent is not None else None
    if auth_time > wall + leeway:
        return FUTURE
    if spent is not None and auth_time <= spent:
        return SPENT
    if demand.fresh:
        return STALE if auth_time < started - started % SECOND - leeway else None
    age = warp.at(wall) - authenticated_at(auth_time, demand, started=started, wall=wall, warp=warp)
    limit = demand.max_age if demand.max_age is not None else lifetime
    return STALE if limit is not None and age >= limit else None


def authenticated_at(auth_time: int | None, demand: Demand, *, started: int, wall: int, warp: Warp) -> int:
    """When the person authenticated, on nightlatch's clock, for a login that will do.

    A fresh one was not before the login began, whatever the provider's clock says. `auth_time` names a whole second:
    within it the authentication may have been as late as now. Mapped from the second's start, one just after a warp
    would be as old as the warp is wide.
    """
    if auth_time is None:
        return warp.at(wall)
    within = auth_time % SECOND == 0
    moment = min(max(auth_time, min(auth_time + SECOND - 1, wall)) if within else auth_time, wall)
    if demand.fresh:
        return warp.at(max(moment, min(started, wall)))
    return warp.at(moment) - max(0, moment - auth_time)
