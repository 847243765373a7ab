"""The sessions of a log, generation by generation, found without a step from request to request.

Where a session dies does not hang on what came before, but for the start of its generation: an idle gap kills whatever
the generation, a wide gap kills the next request under a tighter limit if it lies within the generation, and the
absolute clock runs from its start. So every generation that is sure to begin is followed at once, and what the absolute
clock or a tighter rule begins besides is followed round by round (DESIGN 6.7; the engine is the judge of it).
"""

from typing import NamedTuple

import numpy as np

from nightlatch.replay.bulk.events import NEVER, Classes, Flags, Indexes, Times
from nightlatch.replay.bulk.ordered import Ordered


class Stream(NamedTuple):
    """Ordered events with what is known of each before anything is judged."""

    at: Times
    idle: Times
    """The limits that each request meets; a single entry where all meet the same."""
    absolute: Times
    idles: Times
    absolutes: Times
    """The distinct limits, ascending."""
    active: Flags | None
    """Counts as activity; None where all do."""
    before: Indexes | None
    """The last activity before each event, or the session's first event; None where that is the event before."""
    gap: Times
    """How long there had been no activity; 0 at the first event of a session."""
    starts: Indexes
    ends: Indexes


class Generations(NamedTuple):
    """From `start`, the request that began it, alive until `death` and refused until `over`, all of them indexes."""

    start: Indexes
    death: Indexes
    """The first request that was refused; the end of the session where there is none."""
    over: Indexes
    """The request that began the next generation, itself still refused; else the end of the session."""
    end: Indexes
    """The end of the session's events."""
    first: Flags
    """The session's first generation."""


def stream(events: Ordered, classes: Classes) -> Stream:
    """Look at every event."""
    starts, ends = events.starts[:-1], events.starts[1:]
    used = np.unique(events.line) if len(events.line) else np.zeros(0, np.uint32)
    active = None if bool(classes.active[used].all()) else classes.active[events.line]
    before = None if active is None else last_before(active, starts)
    idles, absolutes = np.unique(classes.idle[used]), np.unique(classes.absolute[used])
    return Stream(
        events.at,
        idles if len(idles) == 1 else classes.idle[events.line],
        absolutes if len(absolutes) == 1 else classes.absolute[events.line],
        idles,
        absolutes,
        active,
        before,
        gaps(events.at, before, starts),
        starts,
        ends,
    )


def last_before(active: Flags, starts: Indexes) -> Indexes:
    """The index of the last activity before each event; the first event of a session stands for one."""
    count = len(active)
    marks = np.where(active, np.arange(count), 0)
    marks[starts] = starts
    latest = np.maximum.accumulate(marks)
    before = np.empty(count, np.int64)
    before[1:] = latest[:-1]
    before[starts] = starts
    return before


def gaps(at: Times, before: Indexes | None, starts: Indexes) -> Times:
    """The time without activity before each event; 0 at the first of a session."""
    if before is not None:
        return at - at[before]
    gap = np.empty_like(at)
    np.subtract(at[1:], at[:-1], out=gap[1:])
    gap[starts] = 0
    return gap


def generations(found: Stream, *, relogin: bool) -> Generations:
    """Every generation of every session."""
    deadly = np.flatnonzero(found.gap >= found.idle)
    if not relogin:
        death = _deaths(found, found.starts, found.ends, deadly)
        return Generations(found.starts, death, found.ends, found.ends, np.ones(len(found.starts), np.bool_))
    actives = None if found.active is None else np.flatnonzero(found.active)
    certain, ends, known = _certain(found, deadly, actives)
    parts = []
    starts = certain
    while len(starts):
        death = _deaths(found, starts, ends, deadly)
        again = np.minimum(_next_active(death, actives, len(found.at)), ends)
        parts.append((starts, death, again, ends))
        begun = (death < ends) & (again < ends)
        begun[begun] = ~known[again[begun]]
        starts, ends = again[begun], ends[begun]
    start, death, over, end = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    first = np.zeros(len(start), np.bool_)
    first[: len(certain)] = _is_first(found, certain)
    return Generations(start, death, over, end, first)


def _certain(found: Stream, deadly: Indexes, actives: Indexes | None) -> tuple[Indexes, Indexes, Flags]:
    """The generations that begin in any case: sessions, and the first activity after an idle gap that kills anything;
    the end of each one's session; and the same as marks."""
    count = len(found.at)
    known = np.zeros(count + 1, np.bool_)
    session_end = found.ends[np.searchsorted(found.starts, deadly, "right") - 1]
    again = _next_active(deadly, actives, count)
    known[again[again < session_end]] = True
    known[found.starts] = True
    known = known[:count]
    certain = np.flatnonzero(known)
    return certain, found.ends[np.searchsorted(found.starts, certain, "right") - 1], known


def _is_first(found: Stream, certain: Indexes) -> Flags:
    marks = np.zeros(len(found.at), np.bool_)
    marks[found.starts] = True
    return marks[certain]


def _next_active(at: Indexes, actives: Indexes | None, count: int) -> Indexes:
    """The first activity at or after each index; `count` where there is none."""
    return at if actives is None else following(actives, at, "left", count)


def following(among: Indexes, at: Indexes, side: str, none: int) -> Indexes:
    """The first of the sorted `among` after each of `at` (`left`: or at it); `none` where there is none."""
    padded = np.append(among, none)
    return padded[np.searchsorted(among, at, "left" if side == "left" else "right")]


def _deaths(found: Stream, starts: Indexes, ends: Indexes, deadly: Indexes) -> Indexes:
    """The first request after each start that finds a clock run out; the session's end where none does."""
    death = np.minimum(following(deadly, starts, "right", len(found.at)), ends)
    death = np.minimum(death, _by_wide_gap(found, starts))
    return _by_absolute(found, starts, np.minimum(death, ends))


def _by_wide_gap(found: Stream, starts: Indexes) -> Indexes:
    """The first request whose idle limit an earlier gap of the same generation had reached."""
    none, death = len(found.at), np.full(len(starts), len(found.at))
    for limit in found.idles[:-1]:
        wide = found.gap >= limit if found.active is None else (found.gap >= limit) & found.active
        wides, tight = np.flatnonzero(wide), np.flatnonzero(found.idle == limit)
        gap = following(wides, starts, "right", none)
        death = np.minimum(death, following(tight, gap, "right", none))
    return death


def _by_absolute(found: Stream, starts: Indexes, death: Indexes) -> Indexes:
    """`death`, or an earlier request that found the absolute clock run out."""
    since = found.at[starts]
    for limit in found.absolutes:
        last = found.at[death - 1]
        late = np.flatnonzero((last - since >= limit) & (death - 1 > starts)) if limit < NEVER else starts[:0]
        if not len(late):
            continue
        reached = _first_at(found.at, since[late] + limit, starts[late] + 1, death[late])
        if len(found.absolute) > 1:
            reached = following(np.flatnonzero(found.absolute == limit), reached, "left", len(found.at))
        death[late] = np.minimum(death[late], reached)
    return death


def _first_at(at: Times, wanted: Times, low: Indexes, high: Indexes) -> Indexes:
    """The first index of each range `[low, high)` whose time is `wanted` or later: many binary searches at once."""
    low, high = low.copy(), high.copy()
    while bool(np.any(low < high)):
        middle = (low + high) >> 1
        later = at[np.minimum(middle, len(at) - 1)] >= wanted
        open_ = low < high
        high = np.where(open_ & later, middle, high)
        low = np.where(open_ & ~later, middle + 1, low)
    return low
