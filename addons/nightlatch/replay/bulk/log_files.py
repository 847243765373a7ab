"""Logs of any size as batches of columns: Parquet, CSV, JSON lines and access logs, compressed with gzip or not.

Parquet and CSV are read column by column; the others line by line, as `readers` do.
"""

import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import IO, Any, NamedTuple

import polars as pl

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.access_log import NAMES, is_access_log, parsed
from nightlatch.replay.readers.columns import Columns, found_columns
from nightlatch.replay.readers.rows import text
from nightlatch.replay.readers.tables import delimiter_of, flat, is_csv, is_json_lines, names_in, objects

_GZIP, _PARQUET = b"\x1f\x8b", b"PAR1"
_BLOCK = 1 << 26
"""So many bytes of text are read at a time."""

_HEAD = 65_536
_ROWS = 1 << 21
_EXPECTED = "expected an access log, CSV, JSON lines or Parquet"

Parse = Callable[[bytes], pl.DataFrame]


class Batch(NamedTuple):
    """Rows of one file, by the names of `columns.KNOWN`; `numbers` are those of their lines, from 1."""

    rows: pl.DataFrame
    first: int
    unit: str
    share: float
    """How much of the file has been read, from 0 to 1."""


def batches(path: Path, named: Columns) -> Iterator[Batch]:
    """The rows of the log `path`.

    Raises:
        CaptureUnreadable: it cannot be opened, is no log, or does not tell when a request was made.
    """
    try:
        with path.open("rb") as raw:
            head = raw.read(4)
            raw.seek(0)
            if head.startswith(_PARQUET):
                yield from _parquet(path, named)
            elif head.startswith(_GZIP):
                with gzip.open(raw) as unpacked:
                    yield from _text(path, unpacked, raw, named)
            else:
                yield from _text(path, raw, raw, named)
    except (EOFError, zlib.error, gzip.BadGzipFile) as reason:
        raise CaptureUnreadable(f"{path}: gzip that cannot be unpacked ({reason}); {_EXPECTED}") from None
    except OSError as reason:
        raise CaptureUnreadable(f"{path}: {reason.strerror or reason}; {_EXPECTED}") from None
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException) as reason:
        raise CaptureUnreadable(f"{path}: damaged ({str(reason)[:200]}); {_EXPECTED}") from None


def _parquet(path: Path, named: Columns) -> Iterator[Batch]:
    table = pl.scan_parquet(path)
    columns = _columns(path, named, table.collect_schema().names())
    count = int(table.select(pl.len()).collect().item())
    for offset in range(0, count, _ROWS):
        rows = table.slice(offset, _ROWS).select(**_exprs(columns)).collect()
        yield Batch(rows, offset + 1, "row", min(1.0, (offset + _ROWS) / count))


def _text(path: Path, unpacked: IO[bytes] | gzip.GzipFile, raw: IO[bytes], named: Columns) -> Iterator[Batch]:
    size, line, parse = max(1, path.stat().st_size), 1, None
    for block in _blocks(unpacked):
        if parse is None:
            parse, header = _parser(path, block, named)
            block, line = block[header:], line + bool(header)
        if block:
            yield Batch(parse(block), line, "line", min(1.0, raw.tell() / size))
            line += block.count(b"\n")


def _blocks(text: IO[bytes] | gzip.GzipFile) -> Iterator[bytes]:
    """The text in pieces of whole lines."""
    rest = b""
    while block := text.read(_BLOCK):
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        else:
            rest += block
    if rest:
        yield rest


def _parser(path: Path, block: bytes, named: Columns) -> tuple[Parse, int]:
    """What reads such blocks, and how many bytes of the first one name the columns."""
    if block[:1] == b"{" and is_json_lines(block):
        some = [flat(row) or {} for _, row in islice(objects(block[:_HEAD]), 50)]
        columns = _columns(path, named, dict.fromkeys(name for row in some for name in row))
        return lambda text: _table(map(flat, _in_order(objects(text))), columns), 0
    if is_access_log(block[:_HEAD]):
        some = [parsed(line) or {} for line in islice(_lines(block[:_HEAD]), 50)]
        columns = _columns(path, named, dict.fromkeys((*NAMES, *(name for row in some for name in row))))
        return lambda text: _table(map(parsed, _lines(text)), columns), 0
    if is_csv(block, named):
        header = block.find(b"\n") + 1 or len(block)
        head = block[:header].decode("utf-8-sig", "replace")
        columns = _columns(path, named, names_in(head))
        return lambda text: _csv(text, delimiter_of(head), names_in(head)).select(**_exprs(columns)), header
    raise CaptureUnreadable(f"{path}: {_EXPECTED}")


def _in_order(rows: Iterable[tuple[int, Mapping[str, Any] | None]]) -> Iterator[Mapping[str, Any] | None]:
    return (row for _, row in rows)


def _lines(text: bytes) -> Iterator[str]:
    return (line.decode("utf-8", "replace").rstrip() for line in text.split(b"\n") if line.strip())


def _table(rows: Iterable[Mapping[str, Any] | None], columns: Columns) -> pl.DataFrame:
    """Rows as columns of text; one that is no row has nothing in it."""
    cells = [[text((row or {}).get(column)) for column in columns.values()] for row in rows]
    return pl.DataFrame(cells, schema=dict.fromkeys(columns, pl.String), orient="row")


def _csv(text: bytes, separator: str, names: list[str]) -> pl.DataFrame:
    return pl.read_csv(
        text,
        separator=separator,
        has_header=False,
        new_columns=names,
        infer_schema=False,
        truncate_ragged_lines=True,
        encoding="utf8-lossy",
    )


def _exprs(columns: Columns) -> dict[str, pl.Expr]:
    return {name: pl.col(column) for name, column in columns.items()}


def _columns(path: Path, named: Columns, present: Iterable[str]) -> Columns:
    try:
        return found_columns(named, present)
    except ValueError as reason:
        raise CaptureUnreadable(f"{path}: {reason}") from None
