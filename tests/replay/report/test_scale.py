import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND
from nightlatch.replay.report.scale import LogScale, Scale, around, duration_ticks, number_ticks, time_label, time_ticks

NOON = 1_700_049_600 * SECOND
"""2023-11-15, 12:00."""


def test_a_straight_scale() -> None:
    scale = Scale(10, 20)
    assert [scale(value) for value in (10, 15, 20, 5, 99)] == [0, 50, 100, 0, 100]
    assert scale(15, 1000) == 500
    assert Scale(7, 7)(7) == 50


def test_a_logarithmic_scale() -> None:
    scale = LogScale(1, 100)
    assert [scale(value) for value in (1, 10, 100, 0, 1000)] == [0, 50, 100, 0, 100]


def test_times_at_the_edge_are_round() -> None:
    hour = time_ticks(NOON + SECOND, NOON + HOUR)
    assert [tick.label for tick in hour] == ["12:10", "12:20", "12:30", "12:40", "12:50", "13:00"]
    ticks = time_ticks(NOON, NOON + 3 * DAY)
    assert [tick.label for tick in ticks] == [
        f"11-{day} {time}" for day, time in zip((15, 16, 16, 17, 17, 18, 18), ("12:00", "00:00") * 4, strict=False)
    ]
    assert [ticks[0].at, ticks[-1].at] == [0, 100]
    assert [tick.label for tick in time_ticks(NOON, NOON + 40 * DAY)] == [
        "11-16",
        "11-23",
        "11-30",
        "12-07",
        "12-14",
        "12-21",
    ]


@given(st.integers(0, 4 * 10**15), st.integers(1, 3650 * DAY))
def test_there_are_neither_none_nor_many(begins: int, span: int) -> None:
    ticks = time_ticks(begins, begins + span)
    assert len(ticks) <= 11
    assert all(0 <= tick.at <= 100 for tick in ticks)


def test_instants_in_few_letters() -> None:
    assert time_label(NOON) == "12:00:00"
    assert time_label(NOON, MINUTE) == "12:00"
    assert time_label(NOON, MINUTE, day=True) == "11-15 12:00"
    assert time_label(NOON, DAY) == "11-15"


def test_durations_that_people_think_in() -> None:
    labels = [tick.label for tick in duration_ticks(LogScale(SECOND, 5 * HOUR))]
    assert labels == ["1s", "10s", "30s", "1m", "5m", "15m", "1h", "4h"]


@given(st.floats(1e-4, 1e9))
def test_numbers_are_round_and_few(most: float) -> None:
    ticks = number_ticks(most)
    assert 1 <= len(ticks) <= 6
    assert ticks[0] == (0, "0")
    assert all(float(tick.label) <= most * 1.000001 for tick in ticks)


def test_round_numbers() -> None:
    assert [tick.label for tick in number_ticks(3.7)] == ["0", "1", "2", "3"]
    assert [tick.label for tick in number_ticks(41)] == ["0", "20", "40"]
    assert [tick.label for tick in number_ticks(0.3)] == ["0", "0.1", "0.2", "0.3"]
    assert [tick.label for tick in number_ticks(0)] == ["0"]


def test_round_numbers_between_others() -> None:
    assert [tick.label for tick in number_ticks(405, least=345)] == ["360", "380", "400"]
    assert number_ticks(405, least=345)[0].at == 25
    assert [tick.label for tick in number_ticks(2, least=2)] == ["2"]


@given(st.floats(0, 1e6), st.floats(1e-3, 1e6))
def test_numbers_between_others_are_within(least: float, span: float) -> None:
    ticks = number_ticks(least + span, least=least)
    assert len(ticks) <= 6 and all(0 <= tick.at <= 100 for tick in ticks)


@pytest.mark.parametrize(
    ("values", "scale"),
    [([10, 20], (9, 21)), ([0, 10], (0, 11)), ([5], (4.5, 5.5)), ([0, 0], (0, 0.1))],
)
def test_a_scale_has_room_at_both_ends_and_nothing_below_0(values: list[float], scale: tuple[float, float]) -> None:
    assert around(values, 0.1) == pytest.approx(scale)
