"""The clock: a wall clock that steps back must not lengthen a session (law 7)."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.clock import SteadyWall, WarpedClock, monotonic_now, read_clock, wall_now
from nightlatch.core.warp import Segment, Warp


class Hands:
    """A wall clock and a monotonic clock that a test sets."""

    def __init__(self) -> None:
        self.wall, self.ticks = 1_000_000, 0

    def pass_time(self, by: int, step: int = 0) -> None:
        self.ticks += by
        self.wall += by + step


class Source:
    """A ledger's warp, as a test wants it."""

    def __init__(self, warp: Warp = Warp(), horizon: int = 0) -> None:  # noqa: B008 (immutable)
        self.now_warp, self.at = warp, horizon

    def warp(self) -> Warp:
        return self.now_warp

    def horizon(self) -> int:
        return self.at


def steady(hands: Hands) -> SteadyWall:
    return SteadyWall(lambda: hands.wall, lambda: hands.ticks)


@given(steps=st.lists(st.tuples(st.integers(0, 1000), st.integers(-5000, 5000)), max_size=30))
def test_time_never_goes_back_nor_slower_than_it_passes(steps: list[tuple[int, int]]) -> None:
    hands = Hands()
    clock = steady(hands)
    last = clock.now()
    for by, step in steps:
        hands.pass_time(by, step)
        now = clock.now()
        assert now >= last + by
        last = now


def test_a_step_forward_is_followed_and_a_step_back_is_not() -> None:
    hands = Hands()
    clock = steady(hands)
    hands.pass_time(10, step=500)
    assert clock.now() == 1_000_510
    hands.pass_time(10, step=-500)
    assert clock.now() == 1_000_520
    hands.pass_time(10)
    assert clock.now() == 1_000_530


def test_being_kept_waiting_between_two_readings_does_not_put_it_ahead() -> None:
    hands = Hands()

    def slow_monotonic() -> int:
        ticks = hands.ticks
        hands.pass_time(7)
        return ticks

    clock = SteadyWall(lambda: hands.wall, slow_monotonic)
    for _ in range(100):
        assert clock.now() <= hands.wall


def test_the_warp_is_asked_for_at_every_reading() -> None:
    source = Source()
    clock = WarpedClock(source, lambda: 1000)
    assert clock.now() == 1000
    source.now_warp = Warp((Segment(1000, 1060),))
    assert clock.read() == (1060, 1000, source.now_warp)


def test_after_a_restart_time_goes_on_from_what_the_ledger_has_seen() -> None:
    walls = iter([1000, 1000, 1010])
    clock = WarpedClock(Source(horizon=5000), lambda: next(walls))
    assert clock.now() == 5000
    assert clock.now() == 5010


def test_a_reset_returns_to_the_wall() -> None:
    source = Source(Warp((Segment(0, 9000),)))
    clock = WarpedClock(source, lambda: 100)
    assert clock.now() == 9100
    source.now_warp = Warp()
    assert clock.now() == 100


def test_a_frozen_clock_starts_where_it_stands() -> None:
    assert WarpedClock(Source(Warp((Segment(0, 50, True),)), horizon=50), lambda: 100).now() == 50


@pytest.mark.parametrize("read", [wall_now, monotonic_now])
def test_the_real_clocks_tick_in_microseconds(read: object) -> None:
    assert callable(read)
    first = read()
    threading.Event().wait(0.002)
    assert 1000 <= read() - first < 60_000_000


def test_a_freeze_that_arrives_late_costs_no_time_afterwards() -> None:
    source, walls = Source(), iter([1000, 1005, 1006, 1007])
    clock = WarpedClock(source, lambda: next(walls))
    assert clock.now() == 1005
    source.now_warp = Warp().then(Warp().freeze(1001))
    assert clock.now() == 1005
    source.now_warp = source.now_warp.then(source.now_warp.advance(1006, 60))
    assert clock.now() == 1065


def test_a_command_reads_it_once() -> None:
    assert abs(read_clock(Source()) - wall_now()) < 1_000_000
