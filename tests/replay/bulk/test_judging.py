"""Sums worked out by hand; that they are right whatever the log is held by test_partition."""

from collections.abc import Sequence

import numpy as np
from tests.replay.made import policy, rule

from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.request import RequestView
from nightlatch.replay.bulk.events import Events, Sums
from nightlatch.replay.bulk.generations import generations, stream
from nightlatch.replay.bulk.judging import Judged, judge
from nightlatch.replay.bulk.ordered import ordered
from nightlatch.replay.bulk.partition import classify, guarded_by

PAGE, SAVE, POLL, ADMIN = range(4)
LINES = [
    RequestView(method, "", path, "", {}, "")
    for method, path in (("GET", "/"), ("POST", "/"), ("GET", "/poll"), ("GET", "/admin"))
]


def _judged(rows: Sequence[tuple[int, int]], under: Policy, ends: int = 1000) -> Judged:
    """(second, line) of one session."""
    at, line = (np.array(column) for column in zip(*rows, strict=True))
    events = ordered(Events(np.ones(len(rows), np.uint64), at * SECOND, line.astype(np.uint32)))
    classes = classify(under, LINES, [line.path == "/poll" for line in LINES])
    found = stream(events, classes)
    return judge(events, found, generations(found, relogin=True), classes, guarded_by(under), ends * SECOND)


def test_a_lost_write_and_the_exposure_of_each_generation() -> None:
    judged = _judged([(0, PAGE), (200, SAVE)], policy(100, None))
    assert judged.refused.tolist() == [1]
    assert judged.sums == Sums(1, 2, 1, by_idle=1, lost_writes=1, exposure=(100 + 100) * SECOND)


def test_the_capture_ends_what_still_lives() -> None:
    assert _judged([(0, PAGE)], policy(100, None), ends=40).sums.exposure == 40 * SECOND


def test_the_clock_whose_deadline_came_first_is_named_and_a_tie_names_absolute() -> None:
    for idle, absolute, by_idle in ((100, 151, 1), (100, 149, 0), (100, 150, 0)):
        sums = _judged([(0, PAGE), (50, PAGE), (500, PAGE)], policy(idle, absolute)).sums
        assert (sums.by_idle, sums.by_absolute) == (by_idle, 1 - by_idle)


def test_where_a_looser_rule_would_not_refuse_the_clock_that_ended_it_is_named() -> None:
    """/admin has an absolute clock that ended the session; what comes after is passive, and of a rule without any."""
    under = policy(None, None, rule("admin", "/admin", None, 50), passive="/poll")
    rows = [(0, PAGE), (60, ADMIN), (61, POLL)]
    under_passive = under._replace(rules=(under.rules[0]._replace(passive=True),))
    assert _judged(rows, under_passive).sums.by_absolute == 2


def test_who_was_kept_in_by_polling_alone() -> None:
    polled = [(0, PAGE), *((second, POLL) for second in range(20, 200, 20)), (200, PAGE)]
    assert _judged(polled, policy(100, None)).sums.kept_alive == 1
    assert _judged(polled, policy(500, None)).sums.kept_alive == 0
    assert _judged(polled, policy(100, None, passive="/poll")).sums.kept_alive == 0


def test_of_two_gaps_that_are_equally_wide_the_earlier_is_judged() -> None:
    under = policy(1000, None, rule("admin", "/admin", 30, 60))
    sums = _judged([(0, PAGE), (50, PAGE), (100, ADMIN)], under).sums
    assert (sums.by_idle, sums.by_absolute) == (1, 0)
