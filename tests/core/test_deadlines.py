"""The arithmetic of clocks, at its edges."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.deadlines import first_deadline, first_out, idle_clock, remaining, running, sweep_at, token_clock
from nightlatch.core.identity import TokenTimes
from nightlatch.core.policy import Limits, Match, Rule
from nightlatch.core.session import Session, reauthenticated, touched
from nightlatch.core.verdict import Clock

NEW = Session("s", "http://app", "alice", "nightlatch", 1000, 1000, 1000, 1000)


def rule(idle: int | None, absolute: int | None, name: str = "r") -> Rule:
    return Rule(name, Match(), Limits(idle, absolute))


@given(limit=st.integers(1, 10**15), elapsed=st.integers(0, 10**15))
def test_a_clock_is_alive_in_the_half_open_interval(limit: int, elapsed: int) -> None:
    (clock,) = running(NEW, Limits(None, limit), 1000 + elapsed)
    assert clock.ran_out is (elapsed >= limit)
    assert clock.deadline == clock.from_at + clock.limit


def test_equal_gaps_name_the_earlier() -> None:
    again = touched(NEW, 1050)
    clock = idle_clock(again, 50, 1100)
    assert (clock.from_at, clock.elapsed) == (1000, 50)


def test_a_wider_running_gap_is_the_one_that_counts() -> None:
    again = touched(NEW, 1050)
    clock = idle_clock(again, 50, 1101)
    assert (clock.from_at, clock.elapsed) == (1050, 51)


def test_a_gap_that_the_limit_survives_is_history() -> None:
    again = touched(NEW, 1050)
    assert idle_clock(again, 51, 1060).elapsed == 10


def test_a_clock_that_was_set_back_has_run_for_nothing() -> None:
    assert all(clock.elapsed == 0 for clock in running(NEW, Limits(10, 10), 500))


def test_a_tie_names_absolute_and_an_earlier_deadline_wins() -> None:
    assert first_out(running(NEW, Limits(50, 50), 1100)).clock is Clock.ABSOLUTE  # type: ignore[union-attr]
    assert first_out(running(NEW, Limits(49, 50), 1100)).clock is Clock.IDLE  # type: ignore[union-attr]
    assert first_out(running(NEW, Limits(50, 50), 1049)) is None
    assert first_deadline(NEW, rule(50, 50)).clock is Clock.ABSOLUTE  # type: ignore[union-attr]


def test_a_session_is_swept_when_the_last_rule_refuses_it() -> None:
    end = sweep_at(NEW, [rule(10, 100), rule(30, 100, "loose")])
    assert end is not None
    assert (end.at, end.clock, end.rule, end.elapsed) == (1030, "idle", "loose", 30)


def test_a_rule_without_clocks_keeps_a_session_for_ever() -> None:
    assert sweep_at(NEW, [rule(10, 100), rule(None, None)]) is None


def test_a_gap_that_was_too_wide_for_every_rule_killed_it_then() -> None:
    end = sweep_at(touched(NEW, 1050), [rule(20, None), rule(40, None)])
    assert end is not None
    assert (end.at, end.limit, end.elapsed) == (1040, 40, 50)


def test_after_a_fresh_login_old_gaps_do_not_count() -> None:
    fresh = reauthenticated(touched(NEW, 1050), 1060)
    assert idle_clock(fresh, 20, 1070).elapsed == 10


@pytest.mark.parametrize(("now", "dead"), [(1599, False), (1600, False), (1629, False), (1630, True)])
def test_a_token_lives_until_its_expiry_and_the_leeway(now: int, dead: bool) -> None:
    clock = token_clock(TokenTimes(1000, 1600), 30, now)
    assert clock.ran_out is dead
    assert clock.limit == 600


def test_what_remains_counts_down_to_each_deadline() -> None:
    left = remaining(NEW, Limits(50, 200), 1040)
    assert (left.idle, left.absolute) == (10, 160)
    assert remaining(NEW, Limits(None, None), 1040) == (None, None)


def test_where_rules_only_inherit_the_session_rule_is_named() -> None:
    end = sweep_at(NEW, [rule(30, None, "pay"), rule(30, None, ""), rule(30, None, "x")])
    assert end is not None and end.rule is None
