"""What a login has to give before it lets anybody in, and how a provider is asked for it (OpenID Connect Core 3.1.2.1).

A demand comes from the verdict on the page that the person wants to see, never from what a client sent: whoever edits
the login's address gets the same page, and the same verdict, afterwards.
"""

import json
from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.core.warp import Warp

_STRENGTH = ("acr", "amr")
"""Reasons that mean: the login before was not strong enough. After any other one it has only to be as strong again."""


class Demand(NamedTuple):
    """What is missing. `max_age` is microseconds on nightlatch's clock."""

    fresh: bool = False
    """The person has to authenticate anew, now (law of time 9)."""
    max_age: int | None = None
    acr: tuple[str, ...] = ()
    """One of these."""
    amr: tuple[str, ...] = ()
    """All of these."""


def demand_of(verdict: Verdict) -> Demand:
    """What a login must give after `verdict`.

    A clock that ran out asks for a fresh authentication; a rule's `auth_age` for a recent one. No parameter asks a
    provider for an authentication method, so there the person gets the chance to use another one.
    """
    if verdict.kind is not Kind.STEP_UP:
        return Demand(fresh=verdict.kind in (Kind.EXPIRED, Kind.REFUSED))
    asks = dict(verdict.asks)
    amr = tuple(asks.get("amr", "").split())
    fresh = verdict.reason == "clock" or (bool(amr) and verdict.reason in _STRENGTH)
    age = int(asks["max_age"]) * SECOND if "max_age" in asks and not fresh else None
    return Demand(fresh, age, tuple(asks.get("acr_values", "").split()), amr)


def asked_of_provider(
    demand: Demand, lifetime: int | None, wall: int, warp: Warp, *, claims: bool = False, prompt: str = "login"
) -> dict[str, str]:
    """The parameters with which a provider is asked for `demand`.

    Args:
        lifetime: how long a session lasts at most, microseconds: who authenticated longer ago need not come.
        wall: the wall clock, by which the provider measures.
        warp: by which nightlatch's differs from it.
        claims: the provider understands the `claims` parameter.
        prompt: what makes it ask the person.
    """
    asked: dict[str, str] = {}
    if demand.fresh:
        asked = {"prompt": prompt, "max_age": "0"}
    elif (age := demand.max_age if demand.max_age is not None else lifetime) is not None:
        asked["max_age"] = str(_wall_age(age, wall, warp) // SECOND)
    if demand.acr:
        asked["acr_values"] = " ".join(demand.acr)
    if demand.amr and claims:
        asked["claims"] = json.dumps({"id_token": {"amr": {"essential": True, "values": list(demand.amr)}}})
    return asked


def _wall_age(age: int, wall: int, warp: Warp) -> int:
    """The most that may have passed on the wall clock, so that no more than `age` has on nightlatch's: since the clock
    was last moved both have run alike."""
    if not warp.segments:
        return age
    return max(0, min(age, wall - warp.segments[-1].wall_at))


def lacking(demand: Demand, acr: str | None, amr: tuple[str, ...]) -> str | None:
    """What of `demand` a login has not given, `acr` or `amr`; None when it gave both."""
    if demand.acr and acr not in demand.acr:
        return "acr"
    return "amr" if set(demand.amr) - set(amr) else None


def told(demand: Demand) -> Mapping[str, str | bool | int | None]:
    """`demand` as the fields of an audit event."""
    return {
        "fresh": demand.fresh,
        "max_age": None if demand.max_age is None else demand.max_age // SECOND,
        "acr": " ".join(demand.acr) or None,
        "amr": " ".join(demand.amr) or None,
    }
