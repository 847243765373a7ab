"""Tables of requests: JSON lines, CSV (also with semicolons or tabs) and Parquet. A bad row is skipped and named."""

import csv
import json
from collections.abc import Iterable, Iterator, Mapping
from io import BytesIO
from typing import Any

import msgspec

from nightlatch.replay.exchange import Capture, CaptureUnreadable, Exchange, Skipped, Unfit
from nightlatch.replay.readers.columns import Columns, found_columns
from nightlatch.replay.readers.rows import RowReader
from nightlatch.replay.readers.views import Views

HOW_TO_INSTALL = "reading Parquet needs an extra: pip install 'nightlatch[bulk]'"

Numbered = Iterator[tuple[int, Mapping[str, Any] | None]]
"""Rows with the number of their line, from 1; None for one that is no row."""

_OBJECT = msgspec.json.Decoder(dict[str, Any])
_DELIMITERS = ",;\t|"
_LOOKED_AT = 50


def read_json_lines(file: str, content: bytes, views: Views, named: Columns) -> Capture:
    """The requests of a file with a JSON object a line.

    Raises:
        CaptureUnreadable: it does not tell when a request was made.
    """
    rows = [(number, flat(row)) for number, row in objects(content)]
    present = dict.fromkeys(name for _, row in rows[:_LOOKED_AT] if row for name in row)
    return _read(file, iter(rows), present, views, named)


def objects(content: bytes) -> Numbered:
    """The objects of a file with one a line."""
    for number, line in enumerate(content.split(b"\n"), 1):
        if line.strip():
            try:
                yield number, _OBJECT.decode(line)
            except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
                yield number, None


def flat(row: Mapping[str, Any] | None) -> Mapping[str, Any] | None:
    """`row` with what is nested in it under dotted names."""
    if row is None or not any(isinstance(value, dict) for value in row.values()):
        return row
    return dict(_flat(row, ""))


def _flat(row: Mapping[str, Any], prefix: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, value in row.items():
        if isinstance(value, dict) and depth < 8:
            yield from _flat(value, f"{prefix}{name}.", depth + 1)
        else:
            yield prefix + name, value


def read_csv(file: str, content: bytes, views: Views, named: Columns) -> Capture:
    """The requests of a table whose first line names the columns.

    Raises:
        CaptureUnreadable: none of them tells when a request was made.
    """
    lines = content.decode("utf-8", "replace").splitlines(keepends=True)
    head = lines[0] if lines else ""
    table = csv.reader(lines, delimiter=delimiter_of(head))
    header = [name.strip() for name in next(table, [])]
    return _read(file, _cells(table, header), header, views, named)


def delimiter_of(header: str) -> str:
    """What stands between the names of the columns."""
    return max(_DELIMITERS, key=header.count)


def names_in(header: str) -> list[str]:
    """The names of the columns."""
    return [name.strip().strip('"') for name in header.strip().split(delimiter_of(header))]


def _cells(table: Any, header: list[str]) -> Numbered:
    while True:
        try:
            for cells in table:
                if cells:
                    yield table.line_num, dict(zip(header, cells, strict=False)) if len(cells) >= len(header) else None
            return
        except csv.Error:
            yield table.line_num, None


def read_parquet(file: str, content: bytes, views: Views, named: Columns) -> Capture:
    """The requests of a Parquet file.

    Raises:
        CaptureUnreadable: it is damaged, does not tell when a request was made, or the extra is not installed.
    """
    try:
        import polars
    except ImportError:
        raise CaptureUnreadable(f"{file}: {HOW_TO_INSTALL}") from None
    try:
        table = polars.read_parquet(BytesIO(content))
    except (polars.exceptions.PolarsError, polars.exceptions.PanicException, OSError) as reason:
        raise CaptureUnreadable(f"{file}: damaged Parquet ({reason})") from None
    return _read(file, enumerate(table.iter_rows(named=True), 1), table.columns, views, named, "row")


def _read(
    file: str, rows: Numbered, present: Iterable[str], views: Views, named: Columns, unit: str = "line"
) -> Capture:
    try:
        columns = found_columns(named, present)
    except ValueError as reason:
        raise CaptureUnreadable(f"{file}: {reason}") from None
    reader, exchanges, skipped = RowReader(file, views), list[Exchange](), list[Skipped]()
    for number, row in rows:
        try:
            if row is None:
                raise Unfit("not a whole row")
            told = {name: row[column] for name, column in columns.items() if column in row}
            exchanges.append(reader.exchange(number - 1, told))
        except Unfit as reason:
            skipped.append(Skipped(f"{unit} {number}", str(reason)))
    return Capture(file, exchanges, skipped)


def is_json_lines(content: bytes) -> bool:
    """Whether the first line is a JSON object by itself, and not a HAR document on one line."""
    first = content.split(b"\n", 1)[0]
    try:
        found = json.loads(first)
    except (ValueError, RecursionError):
        return False
    return isinstance(found, dict) and not isinstance(found.get("log"), dict)


def is_csv(content: bytes, named: Columns) -> bool:
    """Whether the first line names columns, among them one that tells the time."""
    head = content[:65536].split(b"\n", 1)[0].decode("utf-8", "replace")
    header = names_in(head)
    if len(header) < 2:
        return False
    try:
        return bool(found_columns({}, header))
    except ValueError:
        return bool(set(named.values()) & set(header))
