"""Hours of the day: half-open, in the policy's own zone, over midnight and the end of the week, through summer time."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.hours import Hours, closes_at, is_open
from nightlatch.core.policy_hours import spans_of

SECOND = 1_000_000
DAY = 86_400 * SECOND


def at(text: str, zone: str = "UTC") -> int:
    """Microseconds since the epoch of a wall time."""
    moment = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))
    return int(moment.astimezone(UTC).timestamp()) * SECOND


def hours(*texts: str, zone: str = "UTC") -> Hours:
    return Hours(tuple(span for text in texts for span in spans_of(text)), zone)


OFFICE = hours("mon-fri 08:00-18:00")


@pytest.mark.parametrize(
    ("moment", "opened"),
    [
        ("2026-11-23T07:59:59", False),
        ("2026-11-23T08:00:00", True),
        ("2026-11-23T17:59:59", True),
        ("2026-11-23T18:00:00", False),
        ("2026-11-27T12:00:00", True),
        ("2026-11-28T12:00:00", False),
    ],
)
def test_office_hours_are_half_open(moment: str, opened: bool) -> None:
    assert is_open(OFFICE, at(moment)) is opened


def test_without_hours_it_is_always_open() -> None:
    assert is_open(Hours(), 0) and closes_at(Hours(), 0) is None
    assert closes_at(hours("00:00-24:00"), at("2026-11-23T12:00:00")) is None


def test_a_night_shift_belongs_to_the_day_on_which_it_begins() -> None:
    shift = hours("sun 22:00-06:00")
    opened = [("2026-11-22T21:59:59", False), ("2026-11-22T22:00:00", True), ("2026-11-23T05:59:59", True)]
    for moment, expected in [*opened, ("2026-11-23T06:00:00", False), ("2026-11-23T22:30:00", False)]:
        assert is_open(shift, at(moment)) is expected, moment
    assert closes_at(shift, at("2026-11-22T23:00:00")) == at("2026-11-23T06:00:00")


def test_it_closes_where_no_span_goes_on() -> None:
    both = hours("mon 08:00-12:00", "mon 12:00-14:00", "mon 13:00-18:00")
    assert closes_at(both, at("2026-11-23T09:00:30")) == at("2026-11-23T18:00:00")
    assert closes_at(OFFICE, at("2026-11-28T12:00:00")) == at("2026-11-28T12:00:00"), "closed already"


def test_wall_clocks_through_summer_time() -> None:
    """On 29 March 2026 clocks in Berlin went from 2:00 to 3:00."""
    berlin = hours("08:00-18:00", zone="Europe/Berlin")
    assert [is_open(berlin, at(f"2026-03-{day}T07:30:00")) for day in (28, 29)] == [True, True]
    assert [is_open(berlin, at(f"2026-03-{day}T06:30:00")) for day in (28, 29)] == [False, True]
    night = hours("sat 22:00-06:00", zone="Europe/Berlin")
    assert closes_at(night, at("2026-03-28T23:00:00", "Europe/Berlin")) == at("2026-03-29T06:00:00", "Europe/Berlin")


@given(
    st.integers(min_value=at("2020-01-01T00:00:00"), max_value=at("2030-01-01T00:00:00")),
    st.sampled_from(
        ["mon-fri 08:00-18:00", "22:00-06:00", "fri-mon 00:00-24:00", "wed 12:00-12:01", "sun 23:59-00:01"]
    ),
    st.sampled_from(["UTC", "Europe/Berlin", "Asia/Kathmandu", "America/New_York"]),
)
def test_an_open_site_is_closed_at_its_closing_and_not_a_moment_before(now: int, text: str, zone: str) -> None:
    when = hours(text, zone=zone)
    closing = closes_at(when, now)
    assert closing is not None and closing >= now
    if is_open(when, now):
        assert now < closing <= now + 8 * DAY
        assert is_open(when, closing - 1)
        # Where clocks go back an hour comes twice, and the site may open again with it.
        assert not is_open(when, closing) or zone != "UTC"
    else:
        assert closing == now
