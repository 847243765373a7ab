from datetime import timedelta

import pytest

from nightlatch.testing.spans import milliseconds, span


def test_people_say_it_in_three_ways_and_in_all_together() -> None:
    assert span(None, 0, 0, 31, 0) == span("31m", 0, 0, 0, 0) == span(timedelta(minutes=31), 0, 0, 0, 0) == "31m"
    assert span("1h", 1, 1, 0.5, 1) == "1d2h31s"
    assert milliseconds(span(None, 0, 0, 0, 90)) == 90_000


@pytest.mark.parametrize(
    ("by", "seconds", "says"),
    [
        (None, 0, "forward"),
        (None, -1, "time goes back with reset"),
        (timedelta(seconds=-5), 0, "forward"),
        (None, 0.5, "whole seconds"),
        ("off", 0, "nothing that the clock"),
        ("31", 0, "without a unit"),
    ],
)
def test_what_is_no_way_forward_is_refused(by: str | timedelta | None, seconds: float, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        span(by, 0, 0, 0, seconds)
