"""The timeline: a row a credential, with its requests, and below them a lane a policy: when its sessions lived, which
of their clocks ended them, and where somebody met the end.

Everything is rounded to what can be seen, so that thousands of rows stay a page that opens.
"""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import DAY
from nightlatch.replay.lifetimes import Lifetime
from nightlatch.replay.observations import ACTIVE, MACHINE, Refusal, credential_of
from nightlatch.replay.report.clocks import Clocks, clocks
from nightlatch.replay.report.scale import Scale, time_label
from nightlatch.replay.report.side_by_side import coarse
from nightlatch.replay.study import Study

WIDTH = 1000
MOST_ROWS = 4000
MOST_CLOCKS = 400
"""So many rows have their clocks drawn large: those of which there is most to tell."""


class Bar(NamedTuple):
    """A session's life in its lane, from 0 to `WIDTH`: until its last activity, and from there until its end."""

    left: float
    width: float
    tail: float
    """Width of what comes after the last activity."""
    end: str
    """The clock that ended it; empty where it lived on."""


class Lane(NamedTuple):
    """One policy's lane. `cuts`: where a request met the end of its session."""

    policy: int
    bars: list[Bar]
    cuts: list[float]


class Row(NamedTuple):
    """One credential."""

    name: str
    begins: str
    lasts: str
    person: str
    """The requests that count as activity, as a path; then those of timers that do, then all others."""
    timer: str
    passive: str
    lanes: list[Lane]
    requests: int
    cut: bool
    lost: int
    kept: bool
    told: list[tuple[int, str]]
    """What happened in words, each with the number of its policy."""
    clocks: Clocks | None


class Rows(NamedTuple):
    """The rows that are shown, of so many; `cut`, `lost` and `kept` count them."""

    rows: list[Row]
    of: int

    @property
    def counts(self) -> tuple[int, int, int]:
        """How many rows have a cut, a lost write, and one that only polling kept alive."""
        return sum(row.cut for row in self.rows), sum(row.lost > 0 for row in self.rows), sum(r.kept for r in self.rows)


class _Known(NamedTuple):
    """What is known of each credential under one policy."""

    lives: Mapping[str, list[Lifetime]]
    cuts: Mapping[str, list[Refusal]]
    lost: Mapping[str, list[Refusal]]
    marks: Mapping[str, "array[int]"]


def session_rows(study: Study) -> Rows:
    """The rows in order of their first request; where there are too many, those of which there is least to tell go."""
    known = [_known(study, number) for number in range(len(study.policies))]
    telling = sorted(known[0].marks, key=lambda name: _telling(name, known), reverse=True)
    shown, large = set(telling[:MOST_ROWS]), set(telling[:MOST_CLOCKS])
    rows = [_row(name, known, study, name in large) for name in known[0].marks if name in shown]
    return Rows(rows, len(telling))


def _known(study: Study, number: int) -> _Known:
    observed = study.policies[number].outcome.observed
    lives, cuts, lost = (defaultdict[str, list[Lifetime]](list), *(defaultdict[str, list[Refusal]](list) for _ in "ab"))
    for life in study.policies[number].lifetimes:
        lives[life.credential].append(life)
    if observed is not None:
        for cut in observed.cuts.values():
            cuts[credential_of(cut.session)].append(cut)
        for write in observed.lost_writes:
            lost[credential_of(write.session)].append(write)
    return _Known(lives, cuts, lost, observed.marks if observed else {})


def _telling(name: str, known: Sequence[_Known]) -> tuple[int, int, int, int]:
    return (
        sum(len(each.lost.get(name, ())) for each in known),
        sum(len(each.cuts.get(name, ())) for each in known),
        sum(life.kept_alive for each in known for life in each.lives.get(name, ())),
        len(known[0].marks[name]),
    )


def _row(name: str, known: Sequence[_Known], study: Study, large: bool) -> Row:
    timeline = study.replayed.timeline
    scale, marks = Scale(timeline.begins, timeline.ends), known[0].marks[name]
    first, last = marks[0] // 4, marks[-1] // 4
    long = timeline.ends - timeline.begins > DAY
    return Row(
        name,
        time_label(first, day=long),
        coarse(last - first),
        _ticks((mark // 4 for mark in marks if mark & 3 == ACTIVE), scale),
        _ticks((mark // 4 for mark in marks if mark & 3 == ACTIVE | MACHINE), scale),
        _ticks((mark // 4 for mark in marks if not mark & ACTIVE), scale),
        [_lane(name, number, each, scale) for number, each in enumerate(known)],
        len(marks),
        any(each.cuts.get(name) for each in known),
        max(len(each.lost.get(name, ())) for each in known),
        any(life.kept_alive for each in known for life in each.lives.get(name, ())),
        [told for number, each in enumerate(known) for told in _told(name, number, each, study, long)],
        clocks([(each.lives.get(name, []), each.marks.get(name, array("q"))) for each in known], study)
        if large
        else None,
    )


def _ticks(times: Iterator[int], scale: Scale) -> str:
    """A path with a stroke at each time; two that fall on the same place are one."""
    places = dict.fromkeys(round(scale(at, WIDTH)) for at in times)
    return "".join(f"M{place} 0v1" for place in places)


def _lane(name: str, number: int, known: _Known, scale: Scale) -> Lane:
    bars = [_bar(life, scale) for life in known.lives.get(name, ())]
    cuts = dict.fromkeys(round(scale(cut.exchange.at, WIDTH)) for cut in known.cuts.get(name, ()))
    return Lane(number, bars, list(cuts))


def _bar(life: Lifetime, scale: Scale) -> Bar:
    end = scale.most if life.ends_at is None else min(life.ends_at, scale.most)
    left, middle, right = (scale(at, WIDTH) for at in (life.started_at, min(life.last_active_at, end), end))
    ended = life.ends_at is not None and life.ends_at <= scale.most
    return Bar(
        round(left, 1),
        round(max(middle - left, 0.8), 1),
        round(max(right - middle, 0), 1),
        life.clock or "" if ended else "",
    )


def _told(name: str, number: int, known: _Known, study: Study, day: bool) -> Iterator[tuple[int, str]]:
    """What a policy did to the credential, in words."""
    ends = study.replayed.timeline.ends
    for life in known.lives.get(name, ()):
        yield number, _life_told(life, ends, day)
    for write in known.lost.get(name, ()):
        form = f", the page had been open for {coarse(write.form)}" if write.form is not None else ""
        form += "" if write.by_person else ", sent by a timer"
        yield (
            number,
            f"{time_label(write.exchange.at, day=day)} {write.route} is lost ({write.exchange.size} bytes{form})",
        )


def _life_told(life: Lifetime, ends: int, day: bool) -> str:
    again = "logged in again, " if life.relogin else ""
    begun = f"{again}{time_label(life.started_at, day=day)} to {_later(life.last_active_at, life.started_at)}"
    kept = "; only polling kept idle from ending it" if life.kept_alive else ""
    if life.ends_at is None:
        return f"{begun}, never ends{kept}"
    tense = "ended" if life.ends_at <= ends else "would end"
    limit = f" = {format_duration(life.limit)}" if life.limit else ""
    by = f" by {life.clock}{limit}" if life.clock else ""
    rule = f" of rule {life.rule}" if life.rule else ""
    return f"{begun}, {tense} {_later(life.ends_at, life.last_active_at)}{by}{rule}{kept}"


def _later(at: int, since: int) -> str:
    """An instant; its day only where that is another than that of `since`."""
    return time_label(at, day=at // DAY != since // DAY)
