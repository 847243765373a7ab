"""An independent, naive model of a replay: for every request it goes through the whole history of the session again, as
sets of moments and stretches. Slow and plain on purpose; shares no code with the engine or the replay.

Seconds everywhere. Knows one credential a request, rules by name, idle, absolute, exchanges that take time, relogin.
"""

from dataclasses import dataclass, field
from itertools import pairwise


@dataclass(frozen=True)
class Rule:
    """A rule as the model sees it: requests name theirs. `public` rules have no limits."""

    name: str
    idle: int | None = None
    absolute: int | None = None
    public: bool = False
    passive: bool = False


@dataclass(frozen=True)
class Ask:
    """One request."""

    at: int
    who: str | None
    rule: Rule
    takes: int = 0
    passive: bool = False


@dataclass(frozen=True)
class Told:
    """What the model says of it; `name` is the session, its generation counted from 1."""

    verdict: str
    session: tuple[str, int] | None
    clock: str | None = None
    limit: int | None = None
    elapsed: int | None = None
    activity: bool = False


@dataclass
class Generation:
    """One session's whole history."""

    who: str
    number: int
    start: int
    acts: list[tuple[int, int, int | None]] = field(default_factory=list)
    """(moment, how long the exchange takes, the idle limit that it met)."""
    ended_at: int | None = None
    ended_by: tuple[str, int, int] | None = None
    """clock, limit, from."""

    def covered(self, now: int) -> list[tuple[int, int]]:
        """The stretches in which the person was there, as they were known at `now`, joined and in order."""
        now = now if self.ended_at is None else min(now, self.seen_end)
        stretches = [(self.start, self.start)]
        for at, takes, idle in self.acts:
            ran = min(takes, now - at)
            stretches.append((at, at + (min(ran, idle) if idle is not None else ran) if ran > 1 else at))
        joined: list[tuple[int, int]] = []
        for begin, end in sorted(stretches):
            if joined and begin <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(joined[-1][1], end))
            else:
                joined.append((begin, end))
        return joined

    seen_end: int = 0
    """The request at which the end was noticed: what runs on after it counts no more."""

    def last(self, now: int) -> int:
        return self.covered(now)[-1][1]

    def idle(self, limit: int, now: int) -> tuple[int, int, int]:
        """(deadline, from, elapsed) of the gap that idle is judged by."""
        there = self.covered(now)
        gaps = [(after[0] - before[1], before[1]) for before, after in pairwise(there)]
        running = (now - there[-1][1], there[-1][1])
        widest = max((length for length, _ in gaps), default=-1)
        if widest >= running[0] and widest >= limit:
            start = next(start for length, start in gaps if length == widest)
            return start + limit, start, widest
        return running[1] + limit, running[1], running[0]

    def out(self, rule: Rule, now: int) -> tuple[str, int, int, int, int] | None:
        """(clock, limit, elapsed, deadline, from) of the clock of `rule` that ran out first; absolute on a tie."""
        dead = []
        if rule.absolute is not None and now - self.start >= rule.absolute:
            dead.append(("absolute", rule.absolute, now - self.start, self.start + rule.absolute, self.start))
        if rule.idle is not None:
            deadline, since, elapsed = self.idle(rule.idle, now)
            if elapsed >= rule.idle:
                dead.append(("idle", rule.idle, elapsed, deadline, since))
        return min(dead, key=lambda clock: clock[3], default=None)

    def would_end(self, rules: list[Rule]) -> int | None:
        """When everything that is guarded has run out if nothing more happens; None for never."""
        last = self.last(10**9)
        ends = []
        for rule in rules:
            deadlines = [] if rule.absolute is None else [self.start + rule.absolute]
            if rule.idle is not None:
                deadlines.append(self.idle(rule.idle, last)[0])
            if not deadlines:
                return None
            ends.append(min(deadlines))
        return max(ends)


@dataclass
class Model:
    """All sessions under one policy. `rules`: every guarded one."""

    rules: list[Rule]
    relogin: bool
    live: dict[str, Generation] = field(default_factory=dict)
    generations: list[Generation] = field(default_factory=list)

    def ask(self, ask: Ask) -> Told:
        """Judge the next request."""
        if ask.who is None:
            return Told("public" if ask.rule.public else "login", None)
        if ask.rule.public:
            number = self.live[ask.who].number if ask.who in self.live else 1
            return Told("public", (ask.who, number))
        if ask.who not in self.live:
            self._start(ask.who, 1, ask.at)
        return self._judge(ask, self.live[ask.who])

    def _start(self, who: str, number: int, at: int) -> None:
        self.live[who] = Generation(who, number, at)
        self.generations.append(self.live[who])

    def _judge(self, ask: Ask, session: Generation) -> Told:
        name, now = (session.who, session.number), ask.at
        active = not (ask.passive or ask.rule.passive)
        out = session.out(ask.rule, now)
        if session.ended_at is None and out is None:
            if active:
                session.acts.append((now, ask.takes, ask.rule.idle))
            return Told("allow", name, activity=active)
        if session.ended_at is None and out is not None:
            swept = session.would_end(self.rules)
            session.ended_at = swept if swept is not None and swept <= now else now
            session.ended_by, session.seen_end = (out[0], out[1], out[4]), now
        if out is None:
            assert session.ended_by is not None
            clock, limit, since = session.ended_by
            told = Told("expired", name, clock, limit, self._since(session, clock, limit, since, now))
        else:
            told = Told("expired", name, out[0], out[1], out[2])
        if self.relogin and active:
            self._start(ask.who or "", session.number + 1, now)
        return told

    @staticmethod
    def _since(session: Generation, clock: str, limit: int, since: int, now: int) -> int:
        return max(limit, session.idle(limit, now)[2] if clock == "idle" else now - since)

    def exposure(self, until: int) -> int:
        """Seconds in which sessions of persons who were gone could be used."""
        total = 0
        for session in self.generations:
            end = session.ended_at if session.ended_at is not None else session.would_end(self.rules)
            total += max(0, min(until, until if end is None else end) - session.last(until))
        return total
