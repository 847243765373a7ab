"""A session whose activity only a machine makes: one exact rhythm, for hours.

Off unless asked for: a page that polls, and whose polling the policy does not call passive, does just that. Window:
the unbroken rhythm of the session's active requests; one request of a person breaks it.
"""

from typing import NamedTuple

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding, number
from nightlatch.core.detect.facts import BEAT, Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND

NAME = "machine_rhythm"
LEAST_BEATS = 30
"""So many requests have to keep the rhythm at least, whatever the window."""

_TOLERANCE = 0.05
_SLACK = SECOND
_BURST = SECOND // 2
"""Requests that close together belong to one beat: a page asks for several things at once."""


class Streak(NamedTuple):
    """A rhythm that has not been broken."""

    since: int
    last: int
    pace: int = 0
    """The first gap, microseconds."""
    beats: int = 1


def step(streak: Streak | None, fact: Fact, thresholds: Thresholds) -> tuple[Streak, Finding | None]:
    """Found once the rhythm has lasted for `window`."""
    window = number(thresholds, "window")
    if streak is None:
        return Streak(fact.at, fact.at), None
    gap = fact.at - streak.last
    if gap < _BURST:
        return streak, None
    if streak.pace and abs(gap - streak.pace) > max(_SLACK, int(streak.pace * _TOLERANCE)):
        return Streak(streak.last, fact.at, gap, 2), None
    streak = Streak(streak.since, fact.at, streak.pace or gap, streak.beats + 1)
    if streak.beats < LEAST_BEATS or fact.at - streak.since < window:
        return streak, None
    pace, whole = (format_duration(max(SECOND, each // SECOND * SECOND)) for each in (streak.pace, window))
    why = f"For {whole} the session was active every {pace}, and never otherwise."
    return streak, finding(NAME, fact.session or "", fact, why, window=window, gap=streak.pace)


DETECTOR = Detector(NAME, frozenset((BEAT,)), by_session, step)
