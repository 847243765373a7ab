"""Rows as logs write them: times in many ways, request lines, what is missing."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.instants import exact
from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.rows import RowReader, duration, instant, request_line, text
from nightlatch.replay.readers.views import Views

NINE = 1_704_099_600_000_000
"""2024-01-01 09:00 UTC."""


@pytest.mark.parametrize(
    "written",
    [
        "2024-01-01T09:00:00Z",
        "2024-01-01T10:00:00.000+01:00",
        "2024-01-01 09:00:00",
        "2024-01-01 09:00:00,000",
        "01/Jan/2024:10:00:00 +0100",
        1704099600,
        1704099600.0,
        "1704099600.000",
        1704099600000,
        "1704099600000000",
        1704099600000000000,
        datetime(2024, 1, 1, 9, tzinfo=UTC),
        datetime(2024, 1, 1, 9),  # noqa: DTZ001 (a column without a zone is UTC)
    ],
)
def test_the_same_moment_in_the_ways_in_which_logs_write_it(written: object) -> None:
    assert instant(written) == NINE


def test_a_day_is_its_beginning() -> None:
    assert instant(date(2024, 1, 1)) == NINE - 9 * 3600 * 1_000_000


@pytest.mark.parametrize("written", ["", "-", None, "yesterday", "99/Foo/2024:10:00:00 +0100", -5, float("nan"), []])
def test_what_is_no_time(written: object) -> None:
    with pytest.raises(Unfit, match="no time"):
        instant(written)


@given(st.integers(10**15, 4 * 10**15))
def test_any_moment_survives_being_written(at: int) -> None:
    assert instant(exact(at)) == at
    assert instant(at) == at


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"request": "GET /a?b=c HTTP/1.1"}, ("GET", "/a?b=c")),
        ({"request": "post /a"}, ("POST", "/a")),
        ({"method": "get", "url": "/x"}, ("GET", "/x")),
        ({"url": "/x"}, ("GET", "/x")),
        ({}, ("GET", "/")),
    ],
)
def test_what_was_asked(row: dict[str, Any], expected: tuple[str, str]) -> None:
    assert request_line(row) == expected


@pytest.mark.parametrize(
    "row", [{"request": "-"}, {"request": r"\x16\x03\x01"}, {"method": "", "url": "/"}, {"method": None}]
)
def test_what_is_no_request(row: dict[str, Any]) -> None:
    with pytest.raises(Unfit, match="no request"):
        request_line(row)


def test_durations_have_their_unit() -> None:
    assert (
        duration({"duration": "1.5"})
        == duration({"duration_ms": 1500})
        == duration({"duration_ns": 1.5e9})
        == 1_500_000
    )
    assert duration({"duration": "-"}) == duration({"duration": -1}) == duration({}) == 0


def test_a_cell_with_nothing_in_it_is_nothing() -> None:
    assert [text(value) for value in ("-", " ", None, [], ["a", "b"], 7, " x ")] == ["", "", "", "", "a", "7", "x"]


def test_a_row_becomes_an_exchange() -> None:
    row = {
        "at": 1704099600,
        "request": "PUT /a/b?token=SECRET HTTP/2",
        "host": "App.test:8080",
        "session": "s1",
        "address": "192.0.2.1",
        "status": "204",
        "agent": "curl",
        "size": 12,
    }
    found = RowReader("log", Views()).exchange(3, row)
    view = found.request
    assert (view.method, view.host, view.path, view.address, view.has_body) == (
        "PUT",
        "app.test",
        "/a/b",
        "192.0.2.1",
        True,
    )
    assert (found.position, found.at, found.origin, found.status, found.size) == (
        3,
        NINE,
        "http://app.test:8080",
        204,
        12,
    )
    assert view.headers == {"user-agent": ("curl",), ":session": ("s1",)}
    assert "SECRET" not in repr(found)


def test_a_whole_url_tells_the_host_and_something_else_is_skipped() -> None:
    reader = RowReader("log", Views())
    assert reader.exchange(0, {"at": 1704099600, "url": "https://a.test/x?y"}).origin == "https://a.test"
    with pytest.raises(Unfit, match="no request target: 'x'"):
        reader.exchange(0, {"at": 1704099600, "url": "x"})


def test_a_number_that_no_float_holds_is_none() -> None:
    huge = 10**400
    exchange = RowReader("x", Views()).exchange(
        0, {"at": 1_700_000_000, "status": huge, "size": huge, "duration": huge}
    )
    assert (exchange.status, exchange.size, exchange.duration) == (0, 0, 0)
