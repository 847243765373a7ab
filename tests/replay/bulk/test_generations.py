"""Generations worked out by hand; that they are right whatever the log is held by test_partition."""

from collections.abc import Sequence

import numpy as np
from tests.replay.made import policy, rule

from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.request import RequestView
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.generations import following, generations, last_before, stream
from nightlatch.replay.bulk.ordered import ordered
from nightlatch.replay.bulk.partition import classify

PAGE, POLL, ADMIN = range(3)
LINES = [RequestView("GET", "", path, "", {}, "") for path in ("/", "/poll", "/admin")]


def _born(rows: Sequence[tuple[int, int, int]], under: Policy, *, relogin: bool = True) -> set[tuple[int, int, int]]:
    """(start, death, over) of every generation of (session, second, line)."""
    session, at, line = (np.array(column) for column in zip(*rows, strict=True))
    events = ordered(Events(session.astype(np.uint64), at * SECOND, line.astype(np.uint32)))
    born = generations(stream(events, classify(under, LINES)), relogin=relogin)
    return set(zip(born.start.tolist(), born.death.tolist(), born.over.tolist(), strict=True))


def _times(*seconds: int, line: int = PAGE) -> list[tuple[int, int, int]]:
    return [(1, second, line) for second in seconds]


def test_an_idle_gap_begins_the_next() -> None:
    assert _born(_times(0, 10, 110, 120), policy(100, None)) == {(0, 2, 2), (2, 4, 4)}


def test_the_absolute_clock_begins_one_after_the_other() -> None:
    assert _born(_times(0, 40, 80, 120, 160, 200), policy(None, 100)) == {(0, 3, 3), (3, 6, 6)}
    assert _born(_times(0, 100, 200, 300), policy(None, 100)) == {(0, 1, 1), (1, 2, 2), (2, 3, 3), (3, 4, 4)}


def test_strict_there_is_one() -> None:
    assert _born(_times(0, 10, 110, 400), policy(100, None), relogin=False) == {(0, 2, 4)}


def test_a_passive_request_dies_and_the_next_active_one_begins_anew() -> None:
    rows = [(1, 0, PAGE), (1, 50, POLL), (1, 100, POLL), (1, 120, POLL), (1, 130, PAGE), (1, 140, PAGE)]
    assert _born(rows, policy(100, None, passive="/poll")) == {(0, 2, 4), (4, 6, 6)}


def test_a_wide_gap_kills_under_a_tighter_rule_only_within_its_generation() -> None:
    under = policy(100, None, rule("admin", "/admin", 30, None))
    assert _born([*_times(0, 50), (1, 55, ADMIN), (1, 60, ADMIN)], under) == {(0, 2, 2), (2, 4, 4)}
    assert _born([*_times(0, 100), (1, 105, ADMIN)], under) == {(0, 1, 1), (1, 3, 3)}


def test_sessions_do_not_see_each_other() -> None:
    rows = [(1, 0, PAGE), (2, 0, PAGE), (1, 99, PAGE), (2, 150, PAGE)]
    assert _born(rows, policy(100, None)) == {(0, 2, 2), (2, 3, 3), (3, 4, 4)}


def test_what_follows_and_what_came_before() -> None:
    assert following(np.array([2, 5]), np.array([0, 2, 3, 6]), "left", 9).tolist() == [2, 2, 5, 9]
    assert following(np.array([2, 5]), np.array([0, 2, 3, 6]), "right", 9).tolist() == [2, 5, 5, 9]
    active = np.array([False, False, True, False, True, False])
    assert last_before(active, np.array([0, 4])).tolist() == [0, 0, 0, 2, 4, 4]
