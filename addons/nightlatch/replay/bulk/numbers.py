"""From rows of a log to numbers: instants, hashes of sessions, and codes of request lines, each line read once.

What stands in a row means what `readers.rows` says; times that are written in no usual way are read there, one by one.
"""

from collections import Counter
from typing import NamedTuple

import numpy as np
import polars as pl

from nightlatch.core.request import RequestView
from nightlatch.replay.bulk.events import Events, Flags, Times
from nightlatch.replay.bulk.log_files import Batch
from nightlatch.replay.exchange import Skipped, Unfit
from nightlatch.replay.readers.rows import RowReader, instant
from nightlatch.replay.readers.views import Views

_UNREAD = np.iinfo(np.int64).min
_NAMED = 1_000
"""So many skipped rows are named; the others are only counted."""

_UNITS = {"duration": 1_000_000, "duration_ms": 1_000, "duration_us": 1, "duration_ns": 0.001}
_EPOCH_UNITS = ((1, 10**11, 1_000_000), (10**11, 10**14, 1_000), (10**14, 10**17, 1))
_LINE = ("method", "url", "request", "host", "accept")
_LOG_TIME = "%d/%b/%Y:%H:%M:%S %z"


class Numbered(NamedTuple):
    """A batch as numbers. `nobody`: how many requests without a credential, a line; `begins` and `ends`: its first and
    last moment, None where nothing in it could be read."""

    events: Events
    nobody: dict[int, int]
    requests: int
    begins: int | None
    ends: int | None


class Numbers:
    """The request lines of a log, and what was skipped. `by`: `column` or `address`, what makes a session."""

    def __init__(self, by: str) -> None:
        self.lines: list[RequestView] = []
        self.skipped: list[Skipped] = []
        self.left_out = 0
        """Skipped, but not named: there are too many."""
        self._by = by
        self._codes: dict[tuple[str, ...], int | str] = {}
        self._reader = RowReader("", Views())

    def numbered(self, file: str, batch: Batch) -> Numbered:
        """The rows of `batch` that can be judged; the others are skipped."""
        rows = batch.rows
        at, codes = self._at(rows), self._lines(rows)
        good = (at != _UNREAD) & (codes >= 0)
        self._skip(file, batch, at, codes, good)
        known = self._known(rows) & good
        nobody = Counter(codes[good & ~known].tolist())
        duration = _durations(rows)
        events = Events(
            self._sessions(rows)[known],
            at[known],
            codes[known].astype(np.uint32),
            None if duration is None else duration[known],
        )
        judged = at[good]
        ends = (int(judged.min()), int(judged.max())) if len(judged) else (None, None)
        return Numbered(events, dict(nobody), len(judged), *ends)

    def _at(self, rows: pl.DataFrame) -> Times:
        column = rows["at"]
        read = _instants(column)
        at = read.fill_null(_UNREAD).to_numpy().astype(np.int64)
        for index in np.flatnonzero(read.is_null().to_numpy()).tolist():
            try:
                at[index] = instant(column[index])
            except Unfit:
                at[index] = _UNREAD
        return at

    def _lines(self, rows: pl.DataFrame) -> Times:
        """The code of every row's request line; -1 where it is no request."""
        told = [name for name in _LINE if name in rows.columns]
        if not told:
            return np.full(len(rows), self._code((), ()) if len(rows) else 0, np.int64)
        keys = rows.select(_key(name) for name in told)
        distinct = keys.unique(maintain_order=True)
        codes = [self._code(tuple(told), cells) for cells in distinct.iter_rows()]
        known = distinct.with_columns(
            code=pl.Series([each if isinstance(each, int) else -1 for each in codes], dtype=pl.Int64)
        )
        return keys.join(known, on=told, how="left", maintain_order="left")["code"].to_numpy().astype(np.int64)

    def _code(self, told: tuple[str, ...], cells: tuple[str, ...]) -> int | str:
        """The code of a request line, or why it is none."""
        key = (*told, *cells)
        code = self._codes.get(key)
        if code is None:
            row = {"at": 1, **dict(zip(told, cells, strict=True))}
            try:
                self.lines.append(self._reader.exchange(0, row).request)
                code = len(self.lines) - 1
            except Unfit as reason:
                code = str(reason)
            self._codes[key] = code
        return code

    def _skip(self, file: str, batch: Batch, at: Times, codes: Times, good: Flags) -> None:
        for index in np.flatnonzero(~good).tolist():
            if len(self.skipped) >= _NAMED:
                self.left_out += 1
                continue
            row = batch.rows.row(index, named=True)
            told = tuple(name for name in _LINE if name in row)
            why: object = f"no time: {str(row['at'])[:40]!r}"
            if at[index] != _UNREAD:
                why = self._code(told, tuple(batch.rows[index].select(_key(name) for name in told).row(0)))
            self.skipped.append(Skipped(f"{file}: {batch.unit} {batch.first + index}", str(why)))

    def _known(self, rows: pl.DataFrame) -> Flags:
        """Which rows tell who asked."""
        if self._by == "address":
            return np.ones(len(rows), np.bool_)
        text = rows["session"].cast(pl.String).str.strip_chars()
        return (~text.fill_null("").is_in(["", "-"])).to_numpy()

    def _sessions(self, rows: pl.DataFrame) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
        if self._by == "column":
            return rows["session"].cast(pl.String).str.strip_chars().hash().to_numpy()
        cells = [rows[name].cast(pl.String).fill_null("") for name in ("address", "agent") if name in rows.columns]
        if not cells:  # nothing tells people apart
            return np.zeros(len(rows), np.uint64)
        return pl.DataFrame(cells).select(pl.concat_str(pl.all(), separator="\\0"))[:, 0].hash().to_numpy()


def _key(name: str) -> pl.Expr:
    cell = pl.col(name).cast(pl.String).fill_null("")
    if name == "url":  # its query takes no part, and makes nearly every line another
        return cell.str.extract(r"^([^?#]*)").fill_null("").alias(name)
    if name == "request":
        return cell.str.replace(r"[?#][^ ]*", "").alias(name)
    return cell


def _instants(column: pl.Series) -> pl.Series:
    """Microseconds since the epoch; null where it takes a closer look."""
    if column.dtype == pl.Datetime:
        return column.dt.epoch("us")
    if column.dtype == pl.Date:
        return column.cast(pl.Datetime("us")).dt.epoch("us")
    if column.dtype.is_numeric():
        return _epoch(column)
    if column.dtype != pl.String:
        return pl.Series([None] * len(column), dtype=pl.Int64)
    sample = _sample(column)
    if sample[:1].isdigit() and sample.replace(".", "", 1).isdigit():
        return _epoch(column.cast(pl.Float64, strict=False))
    kind = _LOG_TIME if sample[2:3] == "/" else "%+"
    return column.str.to_datetime(kind, time_unit="us", time_zone="UTC", strict=False).dt.epoch("us")


def _epoch(column: pl.Series) -> pl.Series:
    """Numbers since the epoch, all of one unit; a mixture takes a closer look."""
    low, high = column.min(), column.max()
    for least, most, unit in _EPOCH_UNITS:
        if isinstance(low, int | float) and isinstance(high, int | float) and least <= low and high < most:
            whole = column if column.dtype.is_integer() else (column * unit).round()
            return whole.cast(pl.Int64) * (unit if column.dtype.is_integer() else 1)
    return pl.Series([None] * len(column), dtype=pl.Int64)


def _sample(column: pl.Series) -> str:
    return str(next((value for value in column.head(50) if value), ""))


def _durations(rows: pl.DataFrame) -> Times | None:
    for name, unit in _UNITS.items():
        if name in rows.columns:
            seconds = rows[name].cast(pl.Float64, strict=False).fill_null(0.0).fill_nan(0.0)
            return (seconds.clip(0, 10**15 / unit) * unit).round().to_numpy().astype(np.int64)
    return None
