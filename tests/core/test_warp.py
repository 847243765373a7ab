"""The warp: forward only, and every instant goes through the history that it names."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.warp import Segment, Warp

STEPS = st.lists(st.tuples(st.integers(0, 1000), st.sampled_from(["advance", "freeze", "resume"]), st.integers(1, 500)))

STILL = {"freeze": Warp.freeze, "resume": Warp.resume}


def step(warp: Warp, wall: int, kind: str, by: int) -> Segment:
    if kind == "advance":
        return warp.advance(wall, by)
    return warp.freeze(wall) if kind == "freeze" else warp.resume(wall)


def played(steps: list[tuple[int, str, int]]) -> tuple[Warp, int]:
    warp, wall = Warp(), 10_000
    for pause, kind, by in steps:
        wall += pause
        warp = warp.then(step(warp, wall, kind, by))
    return warp, wall


def test_without_a_warp_it_is_wall_time() -> None:
    assert Warp().at(123) == 123
    assert Warp().offset(123) == 0


def test_an_advance_holds_from_the_instant_it_was_made() -> None:
    warp = Warp().then(Warp().advance(1000, 60))
    assert (warp.at(999), warp.at(1000), warp.at(1010)) == (999, 1060, 1070)


def test_frozen_time_stands_and_goes_on_from_there() -> None:
    frozen = Warp().then(Warp().freeze(1000))
    assert (frozen.at(5000), frozen.frozen) == (1000, True)
    moved = frozen.then(frozen.advance(5000, 10))
    assert (moved.at(6000), moved.frozen) == (1010, True)
    resumed = moved.then(moved.resume(7000))
    assert (resumed.at(7000), resumed.at(7005), resumed.frozen) == (1010, 1015, False)
    assert resumed.offset(7000) == -5990


@pytest.mark.parametrize("by", [0, -1])
def test_there_is_no_way_back(by: int) -> None:
    with pytest.raises(ValueError, match="reset"):
        Warp().advance(0, by)


@given(steps=STEPS, later=st.integers(0, 1000))
def test_time_never_goes_back(steps: list[tuple[int, str, int]], later: int) -> None:
    warp, wall = played(steps)
    instants = [warp.at(at) for at in range(10_000, wall + later + 1, 37)]
    assert instants == sorted(instants)


@given(steps=STEPS)
def test_what_comes_later_does_not_change_how_the_past_is_mapped(steps: list[tuple[int, str, int]]) -> None:
    warp, wall = played(steps)
    longer = warp.then(Segment(wall + 1, warp.at(wall + 1) + 99))
    assert all(longer.at(at) == warp.at(at) for at in range(9_990, wall + 1, 41))


@given(steps=STEPS)
def test_what_was_advanced_is_the_sum_of_the_advances(steps: list[tuple[int, str, int]]) -> None:
    warp, _ = played(steps)
    assert warp.advanced == sum(by for _, kind, by in steps if kind == "advance")
