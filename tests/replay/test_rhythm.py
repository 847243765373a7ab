import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.replay.rhythm import common_rhythm, rhythm


def us(times: list[float]) -> list[int]:
    return [round(at * SECOND) for at in times]


@pytest.mark.parametrize(
    ("times", "steady"),
    [
        ([0, 30, 60, 90, 120], True),
        ([0, 31, 59, 92, 119, 150], True),
        ([0, 30, 60, 900, 930, 960, 990], True),
        ([0, 4, 60, 61, 300, 310], False),
        ([0, 0, 0, 0, 0, 0], False),
        ([0, 0.1, 0.2, 0.3, 0.4], False),
        ([0, 3600, 7200, 10800, 14400], False),
        ([], False),
    ],
)
def test_what_is_steady(times: list[float], steady: bool) -> None:
    assert (rhythm(us(times)) is not None) is steady


@given(gap=st.integers(SECOND, 13 * MINUTE), count=st.integers(5, 40), late=st.lists(st.integers(0, 200), min_size=40))
def test_a_timer_is_found_whatever_its_gap_and_told_by_it(gap: int, count: int, late: list[int]) -> None:
    times = [number * gap + late[number] * gap // 2000 for number in range(count)]
    found = rhythm(times)
    assert found is not None
    assert abs(found - gap) <= gap / 10 + 1


def test_a_tab_that_was_hidden_for_a_while_is_still_a_timer() -> None:
    shown = [30.0 * number for number in range(20)]
    hidden = [600 + 60.0 * number for number in range(14)]
    assert rhythm(us(shown + hidden)) == 30 * SECOND


def test_two_tabs_are_still_timers() -> None:
    tabs = sorted([30.0 * n for n in range(20)] + [30.0 * n + 11 for n in range(20)])
    assert rhythm(us(tabs)) is not None
    assert rhythm(us(tabs[:8])) is None


def test_most_of_those_who_came_often_enough_have_to_agree() -> None:
    steady, restless, brief = us([30.0 * n for n in range(6)]), us([0, 1, 90, 99, 300, 700]), us([0, 1])
    assert common_rhythm([steady]) == 30 * SECOND
    assert common_rhythm([steady, restless]) == 30 * SECOND
    assert common_rhythm([steady, restless, restless]) is None
    assert common_rhythm([steady, *[brief] * 9]) == 30 * SECOND
    assert common_rhythm([brief]) is None
    assert common_rhythm([]) is None


def test_the_gap_is_that_of_who_asked_most() -> None:
    assert common_rhythm([us([30.0 * n for n in range(6)]), us([10.0 * n for n in range(9)])]) == 10 * SECOND
