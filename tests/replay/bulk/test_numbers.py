"""Rows as numbers mean what the reader of rows says they mean."""

import numpy as np
import polars as pl
import pytest

from nightlatch.replay.bulk.log_files import Batch
from nightlatch.replay.bulk.numbers import Numbered, Numbers
from nightlatch.replay.exchange import Unfit
from nightlatch.replay.readers.rows import instant

NINE = 1_704_099_600_000_000


def _numbered(by: str = "column", **columns: list[object]) -> tuple[Numbers, Numbered]:
    numbers = Numbers(by)
    return numbers, numbers.numbered("x", Batch(pl.DataFrame(columns, strict=False), 1, "line", 1.0))


@pytest.mark.parametrize(
    "written",
    [
        ["2024-01-01T09:00:00Z", "2024-01-01T10:00:00.25+01:00", "2024-01-01 09:00:01", "never", "", None],
        ["01/Jan/2024:10:00:00 +0100", "-", "2024-01-01T09:00:00Z"],
        ["1704099600.5", "1704099600123", "x"],
        ["1704099600.123456", "1704099600.25"],
        [1704099600, 1704099601],
        [1704099600123, 1704099601123],
        [1704099600, 1704099600123],
        [1704099600123456789, None],
        [1704099600.123456, 1704099601.5],
        [-5, 0],
    ],
)
def test_a_time_is_what_it_is_row_by_row(written: list[object]) -> None:
    expected = []
    for cell in written:
        try:
            expected.append(instant(cell))
        except Unfit:
            continue
    numbers, told = _numbered(at=written, session=["a"] * len(written))
    assert told.events.at.tolist() == expected
    assert len(numbers.skipped) == len(written) - len(expected)
    assert told.requests == len(expected)


def test_datetimes_of_parquet() -> None:
    column = pl.Series([NINE, NINE + 1]).cast(pl.Datetime("us", "Europe/Berlin")).dt.cast_time_unit("ms")
    _, told = _numbered(at=column.to_list(), session=["a", "b"])
    assert told.events.at.tolist() == [NINE, NINE]


def test_equal_lines_have_one_code_whatever_their_query() -> None:
    urls: list[object] = ["/a?x=1", "/a#y", "/b", "x", "http://h.test/a", None]
    numbers, told = _numbered(at=[NINE] * 6, session=["a"] * 6, url=urls)
    assert [line.path for line in numbers.lines] == ["/a", "/b", "/a", "/"]
    assert told.events.line.tolist() == [0, 0, 1, 2, 3]
    assert [(skip.at, skip.why) for skip in numbers.skipped] == [("x: line 4", "no request target: 'x'")]


def test_request_lines() -> None:
    numbers, told = _numbered(at=[NINE] * 3, session=["a"] * 3, request=["POST /a?b HTTP/1.1", "-", "GET /a HTTP/1.1"])
    assert [(line.method, line.path) for line in numbers.lines] == [("POST", "/a"), ("GET", "/a")]
    assert told.events.line.tolist() == [0, 1]
    assert numbers.skipped[0].why == "no request: ''"


def test_nobody_is_counted_by_line() -> None:
    _, told = _numbered(at=[NINE] * 4, session=["a", "-", "", None], url=["/", "/", "/", "/b"])
    assert len(told.events.at) == 1
    assert told.nobody == {0: 2, 1: 1}
    assert told.requests == 4


def test_an_address_with_its_agent_is_somebody() -> None:
    _, told = _numbered("address", at=[NINE] * 3, address=["1", "1", None], agent=["a", "b", None])
    assert len(np.unique(told.events.session)) == 3


def test_only_some_of_what_is_skipped_is_named() -> None:
    numbers, told = _numbered(at=["x"] * 1100, session=["a"] * 1100)
    assert (len(numbers.skipped), numbers.left_out, told.requests, told.begins) == (1000, 100, 0, None)


def test_durations() -> None:
    _, told = _numbered(at=[NINE] * 3, session=["a"] * 3, duration_ms=["1500", "-", "-3"])
    assert told.events.duration is not None
    assert told.events.duration.tolist() == [1_500_000, 0, 0]


def test_a_log_that_tells_nobody_apart_is_one_persons() -> None:
    _, numbered = _numbered("address", at=[1_704_099_600, 1_704_099_601], method=["GET", "GET"])
    assert numbered.events.session.tolist() == [0, 0]
