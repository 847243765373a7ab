"""How fast a log of ten million events is judged, against the plainest array formulation that knows only idle and
absolute: polars sorts, numpy splits each session at its gaps and follows the absolute clock by binary search."""

import time
from collections.abc import Iterator

import numpy as np
import polars as pl
from scripts.make_log import ROUTES, SECOND, events

from nightlatch.core.policy import Limits, Match, Policy, Rule
from nightlatch.core.request import RequestView
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.partition import Judge
from nightlatch.replay.bulk.whole import judged

IDLE, ABSOLUTE = 1800 * SECOND, 28800 * SECOND
PLAIN = Policy("plain", "1", session=Limits(IDLE, ABSOLUTE))
RULES = PLAIN._replace(
    name="rules",
    rules=(
        Rule("poll", Match(path=("/api/**",)), Limits(IDLE, ABSOLUTE), passive=True),
        Rule("admin", Match(path=("/admin/**",)), Limits(IDLE // 3, ABSOLUTE // 4)),
    ),
)


def plain(session: pl.Series, at: pl.Series) -> int:
    """How many sessions there are, by idle and absolute alone."""
    table = pl.DataFrame({"session": session, "at": at}).sort("session", "at")
    who, when = table["session"].to_numpy(), table["at"].to_numpy()
    split = np.ones(len(who), np.bool_)
    split[1:] = (who[1:] != who[:-1]) | (when[1:] - when[:-1] >= IDLE)
    begins = np.flatnonzero(split)
    ends = np.append(begins[1:], len(who))
    count = len(begins)
    # One instant that grows over all blocks, so that one binary search finds a place in any of them.
    block = np.cumsum(split) - 1
    span = int(when.max() - when.min()) + ABSOLUTE + 1
    growing = (when - when.min()) + block * span
    while len(begins):
        over = np.searchsorted(growing, growing[begins] + ABSOLUTE)
        again = over < ends
        begins, ends = over[again], ends[again]
        count += len(begins)
    return count


def lines() -> list[RequestView]:
    """The request lines of the made-up log: of each route a read and a write."""
    paths = ["/api/poll", *(f"/admin/{n}" if n % 20 == 1 else f"/page/{n}" for n in range(1, ROUTES))]
    return [RequestView(method, "", path, "", {}, "") for path in paths for method in ("GET", "POST")]


def rates(count: int, rounds: int) -> dict[str, float]:
    """Events per second, of interleaved rounds the medians."""
    made = events(count)
    log = Events(
        made["session"].hash().to_numpy(),
        made["at"].to_numpy(),
        (made["route"] * 2 + made["write"].cast(pl.Int64)).cast(pl.UInt32).to_numpy(),
    )
    ends = int(log.at.max())
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        for name, seconds in _round(made, log, ends):
            took.setdefault(name, []).append(seconds)
    return {name: count / float(np.median(seconds)) for name, seconds in took.items()}


def _round(made: pl.DataFrame, log: Events, ends: int) -> Iterator[tuple[str, float]]:
    begun = time.perf_counter()
    sessions = plain(made["session"], made["at"])
    yield "plain formulation", time.perf_counter() - begun
    for policy in (PLAIN, RULES):
        begun = time.perf_counter()
        judges = [Judge(policy, lines(), ends)]
        (part,) = judged([log], judges.copy)
        yield f"bulk {policy.name}", time.perf_counter() - begun
        if policy is PLAIN and part.sums.generations != sessions:
            raise AssertionError(f"{part.sums.generations} sessions, by the plain formulation {sessions}")
