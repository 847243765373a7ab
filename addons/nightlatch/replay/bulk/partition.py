"""One part of a log, all of whose sessions are whole: judged by arrays, and what is too intricate by the engine.

This is what a distributed replay runs on every partition; sums of partitions are added.
"""

import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import numpy as np

from nightlatch.core.identity import Identity
from nightlatch.core.matching import all_rules
from nightlatch.core.policy import SECOND, Limits, Policy
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.bulk.events import NEVER, Classes, Events, Flags, Guarded, Indexes, Sums
from nightlatch.replay.bulk.generations import generations, stream
from nightlatch.replay.bulk.judging import judge
from nightlatch.replay.bulk.ordered import Ordered, ordered
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.lifetimes import opened
from nightlatch.replay.observations import READS
from nightlatch.replay.outlook import Outlooks, is_public
from nightlatch.replay.simulate import Simulation


class Part(NamedTuple):
    """What a part comes to. `verdicts` and `activity`: counts a verdict, and a line."""

    sums: Sums
    verdicts: dict[str, int]
    activity: Indexes


def classify(policy: Policy, lines: Sequence[RequestView], polls: Sequence[bool] | None = None) -> Classes:
    """What `policy` says of each request line."""
    outlooks = Outlooks(policy)
    looks = [outlooks(line) for line in lines]
    limits = [look.limits or Limits(None, None) for look in looks]
    public = np.array([is_public(policy, line) for line in lines], np.bool_)
    return Classes(
        np.array([_or_never(limit.idle) for limit in limits], np.int64),
        np.array([_or_never(limit.absolute) for limit in limits], np.int64),
        np.array([look.active for look in looks], np.bool_),
        np.array([line.method not in READS for line in lines], np.bool_),
        public,
        np.array([look.limits is None for look in looks], np.bool_) & ~public,
        np.array(polls if polls is not None else [False] * len(lines), np.bool_),
    )


def guarded_by(policy: Policy) -> Guarded:
    """The limits of all that is guarded."""
    rules = all_rules(policy)
    idle, absolute = ([_or_never(getattr(rule.limits, name)) for rule in rules] for name in ("idle", "absolute"))
    return Guarded(np.array(idle, np.int64), np.array(absolute, np.int64))


def _or_never(limit: int | None) -> int:
    return NEVER if limit is None else min(limit, NEVER)


class Judge:
    """One policy over the parts of one log.

    Args:
        policy: what judges.
        lines: the request lines that the events refer to.
        capture_ends: the last moment of the whole log, microseconds.
        relogin: the person logs in again after an expiry; else the credential stays expired.
        polls: which lines look like polling.
    """

    def __init__(
        self,
        policy: Policy,
        lines: Sequence[RequestView],
        capture_ends: int,
        *,
        relogin: bool = True,
        polls: Sequence[bool] | None = None,
    ) -> None:
        self.policy, self._lines = policy, lines
        self._capture_ends, self._relogin = capture_ends, relogin
        self._classes, self._guarded = classify(policy, lines, polls), guarded_by(policy)

    def part(self, events: Events) -> Part:
        """Judge all events of some sessions, in the order of the files."""
        public = self._classes.public[events.line]
        open_ = int(np.count_nonzero(public))
        found = ordered(events.take(~public) if open_ else events)
        hard = self._hard(found)
        if bool(hard.any()):
            part = together(self._by_arrays(found.some(~hard)), self._by_engine(found.some(hard)))
        else:
            part = self._by_arrays(found)
        return part._replace(verdicts={**part.verdicts, Kind.PUBLIC: part.verdicts.get(Kind.PUBLIC, 0) + open_})

    def _hard(self, events: Ordered) -> Flags:
        """Which sessions only the engine can judge."""
        starts = events.starts[:-1]
        some = bool(self._classes.hard.any()) and bool(len(starts))
        hard = self._classes.hard[events.line] if some else None
        if events.duration is not None and len(starts):
            long = (events.duration > SECOND) & self._classes.active[events.line]
            hard = long if hard is None else hard | long
        return np.zeros(len(starts), np.bool_) if hard is None else np.logical_or.reduceat(hard, starts)

    def _by_arrays(self, events: Ordered) -> Part:
        count = len(self._lines)
        if not len(events.at):
            return Part(Sums(), {}, np.zeros(count, np.int64))
        found = stream(events, self._classes)
        born = generations(found, relogin=self._relogin)
        judged = judge(events, found, born, self._classes, self._guarded, self._capture_ends)
        sums = judged.sums
        refused = np.bincount(events.line[judged.refused], minlength=count)
        activity = np.where(self._classes.active, np.bincount(events.line, minlength=count) - refused, 0)
        return Part(sums, {Kind.ALLOW: sums.allowed, Kind.EXPIRED: sums.by_idle + sums.by_absolute}, activity)

    def _by_engine(self, events: Ordered) -> Part:
        """The same by the engine, request by request."""
        who = [Identity("column", session.to_bytes(8, "big")) for session in events.session.tolist()]
        simulation = Simulation(
            self.policy, lambda exchange: who[exchange.position], relogin=self._relogin, polls=self._polls()
        )
        activity, verdicts, clocks, lost = np.zeros(len(self._lines), np.int64), Counter[str](), Counter[str](), 0
        for judged, line in zip(simulation.run(self._exchanges(events)), events.line.tolist(), strict=True):
            verdict = judged.verdict
            verdicts[verdict.kind] += 1
            activity[line] += verdict.activity
            if verdict.kind is Kind.EXPIRED:
                clocks[str(verdict.clock)] += 1
                lost += judged.exchange.request.method not in READS
        sessions = simulation.sessions
        sums = Sums(
            sessions=sum(track.generation == 1 for track in sessions),
            generations=len(sessions),
            allowed=verdicts[Kind.ALLOW],
            by_idle=clocks[Clock.IDLE],
            by_absolute=clocks[Clock.ABSOLUTE],
            lost_writes=lost,
            kept_alive=len(simulation.kept_alive),
            exposure=sum(opened(track, self.policy, self._capture_ends)[1] for track in sessions),
        )
        return Part(sums, dict(verdicts), activity)

    def _exchanges(self, events: Ordered) -> Iterator[Exchange]:
        durations = itertools.repeat(0) if events.duration is None else events.duration.tolist()
        rows = zip(events.at.tolist(), durations, events.line.tolist(), strict=False)
        for position, (at, duration, line) in enumerate(rows):
            yield Exchange(position, "", at, duration, self._lines[line], "", 0)

    def _polls(self) -> Callable[[RequestView], bool] | None:
        polls = {id(line) for line, poll in zip(self._lines, self._classes.polls.tolist(), strict=True) if poll}
        return (lambda line: id(line) in polls) if polls else None


def together(one: Part, other: Part) -> Part:
    verdicts = Counter(one.verdicts)
    verdicts.update(other.verdicts)
    return Part(one.sums.plus(other.sums), dict(verdicts), one.activity + other.activity)
