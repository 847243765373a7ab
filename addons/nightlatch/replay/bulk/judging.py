"""What the generations of a log come to: verdicts, clocks, lost writes, exposure, and who only polling kept in.

The same sums as `figures` makes of single verdicts.
"""

from typing import NamedTuple

import numpy as np

from nightlatch.replay.bulk.events import NEVER, Classes, Flags, Guarded, Indexes, Sums, Times
from nightlatch.replay.bulk.generations import Generations, Stream, following, gaps, last_before
from nightlatch.replay.bulk.ordered import Ordered


class Frozen(NamedTuple):
    """The sessions as they stood when they died, or when the capture ended: one entry a generation."""

    since: Times
    """When the person authenticated."""
    last: Times
    """The last activity."""
    gap: Times
    gap_from: Times


class Judged(NamedTuple):
    """The sums, and which events were refused."""

    sums: Sums
    refused: Indexes


def judge(
    events: Ordered, found: Stream, born: Generations, classes: Classes, guarded: Guarded, capture_ends: int
) -> Judged:
    """Judge every event.

    Args:
        events, found, born: the events, what is known of each, and the generations of their sessions.
        classes, guarded: the policy.
        capture_ends: the last moment of the whole capture, microseconds.
    """
    frozen = _frozen(found, born, guarded)
    refused, of = _refused(born)
    absolute = _by_absolute(found, frozen, refused, of)
    count = len(refused)
    by_absolute = int(np.count_nonzero(absolute))
    sums = Sums(
        sessions=len(found.starts),
        generations=len(born.start),
        allowed=len(events.at) - count,
        by_idle=count - by_absolute,
        by_absolute=by_absolute,
        lost_writes=int(np.count_nonzero(classes.write[events.line[refused]])),
        kept_alive=_kept_alive(events, found, born, classes),
        exposure=_exposure(found, born, frozen, guarded, capture_ends),
    )
    return Judged(sums, refused)


def _frozen(found: Stream, born: Generations, guarded: Guarded) -> Frozen:
    at, start = found.at, born.start
    latest = _latest(found, born)
    gap, gap_from = np.zeros(len(start), np.int64), at[start].copy()
    tightest = min((int(limit) for limit in guarded.idle), default=NEVER)
    if tightest < max(*map(int, guarded.idle), *map(int, found.idles), tightest):
        _widest(found, born, tightest, gap, gap_from)
    return Frozen(at[start], at[latest], gap, gap_from)


def _latest(found: Stream, born: Generations) -> Indexes:
    """The last activity of each generation; its start counts."""
    if found.before is None or found.active is None:
        return born.death - 1
    last = born.death - 1
    return np.maximum(np.where(found.active[last], last, found.before[last]), born.start)


def _widest(found: Stream, born: Generations, tightest: int, gap: Times, gap_from: Times) -> None:
    """Fill in the widest gap of every generation that has one of `tightest` or more, and when it began."""
    wide = found.gap >= tightest
    places = np.flatnonzero(wide if found.active is None else wide & found.active)
    by_start = np.argsort(born.start)
    which = by_start[np.searchsorted(born.start[by_start], places, "left") - 1]
    alive = (places > born.start[which]) & (places < born.death[which])
    places, which = places[alive], which[alive]
    widths = found.gap[places]
    first = np.lexsort((places, -widths, which))  # the earlier of two that are equally wide
    places, which = places[first], which[first]
    leads = np.flatnonzero(np.diff(which, prepend=-1))
    chosen, of = places[leads], which[leads]
    gap[of] = found.gap[chosen]
    gap_from[of] = found.at[chosen] - found.gap[chosen]


def _refused(born: Generations) -> tuple[Indexes, Indexes]:
    """Every event that was refused, and its generation: one that begins the next is of the one before."""
    dead = np.flatnonzero(born.death < born.end)
    begin = born.death[dead]
    until = np.minimum(born.over[dead] + 1, born.end[dead])
    lengths = until - begin
    of = np.repeat(dead, lengths)
    within = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    return np.repeat(begin, lengths) + within, of


def _by_absolute(found: Stream, frozen: Frozen, refused: Indexes, of: Indexes) -> Flags:
    """Whether the absolute clock is the one that is named; else idle is. Where neither clock of a request's own limits
    ran out, the one that ended the session is."""
    session = Frozen(*(column[of] for column in frozen))
    now = found.at[refused]
    absolute = _limit(found.absolute, refused)
    idle = _limit(found.idle, refused)
    out_absolute = now - session.since >= absolute
    deadline, out_idle = _idle(session, idle, now)
    named = out_absolute & (~out_idle | (session.since + absolute <= deadline))
    neither = ~out_absolute & ~out_idle
    if bool(neither.any()):
        # The death of a generation stands first among its refused requests, and has a clock of its own.
        lead = np.flatnonzero(np.diff(of, prepend=-1))
        ended = np.repeat(named[lead], np.diff(np.append(lead, len(of))))
        named[neither] = ended[neither]
    return named


def _limit(limits: Times, at: Indexes) -> Times:
    return np.full(len(at), limits[0]) if len(limits) == 1 else limits[at]


def _idle(session: Frozen, limit: Times, now: Times) -> tuple[Times, Flags]:
    """The deadline of idle, and whether it ran out; of the widest gap and the running one the wider is judged."""
    running = now - session.last
    wide = (session.gap >= running) & (session.gap >= limit)
    deadline = np.where(wide, session.gap_from, session.last) + limit
    return deadline, wide | (running >= limit)


def _exposure(found: Stream, born: Generations, frozen: Frozen, guarded: Guarded, capture_ends: int) -> int:
    """How long sessions could still be used after their persons were gone, microseconds."""
    swept = np.full(len(frozen.since), np.iinfo(np.int64).min)
    for idle, absolute in zip(guarded.idle, guarded.absolute, strict=True):
        deadline, _ = _idle(frozen, np.full(len(swept), idle), frozen.last)
        swept = np.maximum(swept, np.minimum(frozen.since + absolute, deadline))
    dead = born.death < born.end
    killed = np.where(dead, found.at[np.minimum(born.death, len(found.at) - 1)], NEVER)
    over = np.minimum(np.minimum(swept, killed), capture_ends)
    return int(np.maximum(0, over - frozen.last).sum())


def _kept_alive(events: Ordered, found: Stream, born: Generations, classes: Classes) -> int:
    """How many generations had a request that idle would have refused, had polling not counted."""
    if not bool(classes.polls.any()):
        return 0
    polls = classes.polls[events.line]
    acts = ~polls if found.active is None else found.active & ~polls
    marked = np.unique(np.concatenate((born.start, found.starts)))
    counted = acts.copy()
    counted[born.start] = True
    gap = gaps(found.at, last_before(counted, marked), marked)
    none = len(found.at)
    first = following(np.flatnonzero(gap >= found.idle), born.start, "right", none)
    for limit in found.idles[:-1]:
        wides = np.flatnonzero((gap >= limit) & acts)
        tight = np.flatnonzero(found.idle == limit)
        first = np.minimum(first, following(tight, following(wides, born.start, "right", none), "right", none))
    return int(np.count_nonzero(first < born.death))
