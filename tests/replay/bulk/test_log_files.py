"""Batches of rows from logs of every kind, and files that are none."""

import gzip
from pathlib import Path

import polars as pl
import pytest

from nightlatch.replay.bulk import log_files
from nightlatch.replay.bulk.log_files import batches
from nightlatch.replay.exchange import CaptureUnreadable

CSV = b"time;url;who\n1704099600;/a;x\n1704099601;/b;y\n1704099602;/c;z\n"
JSONL = b'{"time": 1704099600, "request": {"uri": "/a"}}\n{"time": 1704099601, "request": {"uri": "/b"}}\n'
LOG = b'192.0.2.1 - x [01/Jan/2024:09:00:00 +0000] "GET /a HTTP/1.1" 200 1 "-" "curl" rt=0.5\n'


def _rows(tmp_path: Path, content: bytes, **named: str) -> list[dict[str, object]]:
    file = tmp_path / "log"
    file.write_bytes(content)
    return [row for batch in batches(file, named) for row in batch.rows.iter_rows(named=True)]


def test_each_kind_is_known_by_its_content(tmp_path: Path) -> None:
    assert [row["session"] for row in _rows(tmp_path, CSV, session="who")] == ["x", "y", "z"]
    assert [row["url"] for row in _rows(tmp_path, JSONL)] == ["/a", "/b"]
    (row,) = _rows(tmp_path, gzip.compress(LOG), session="user", duration="rt")
    assert (row["session"], row["duration"], row["request"]) == ("x", "0.5", "GET /a HTTP/1.1")
    pl.DataFrame({"time": [1704099600], "path": ["/a"]}).write_parquet(tmp_path / "x.parquet")
    assert _rows(tmp_path, (tmp_path / "x.parquet").read_bytes()) == [{"at": 1704099600, "url": "/a"}]


def test_blocks_end_with_lines_and_lines_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(log_files, "_BLOCK", 20)
    file = tmp_path / "log"
    file.write_bytes(CSV.rstrip())
    found = list(batches(file, {}))
    assert [url for batch in found for url in batch.rows["url"]] == ["/a", "/b", "/c"]
    assert [batch.first for batch in found] == sorted({batch.first for batch in found})
    assert found[0].first == 2
    assert found[-1].share == 1.0


@pytest.mark.parametrize(
    ("content", "told"),
    [(b"<html>\n", "expected an access log"), (b"a,b\n1,2\n", "expected an access log"), (b"PAR1nothing", "damaged")],
)
def test_what_is_no_log(tmp_path: Path, content: bytes, told: str) -> None:
    with pytest.raises(CaptureUnreadable, match=told):
        _rows(tmp_path, content)


def test_a_column_that_is_not_there_and_a_file_that_is_not(tmp_path: Path) -> None:
    with pytest.raises(CaptureUnreadable, match="no column 'nobody'"):
        _rows(tmp_path, CSV, session="nobody")
    with pytest.raises(CaptureUnreadable, match="No such file"):
        list(batches(tmp_path / "none", {}))


@pytest.mark.parametrize(
    "bad", [b"\x1f\x8b", gzip.compress(b"time,a\n1,2\n" * 99, mtime=0)[:-9], b"\x1f\x8b\x08\0\0\0\0\0\0\0\xff\xff\xff"]
)
def test_gzip_that_is_cut_off_or_damaged_is_told(bad: bytes, tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(bad)
    with pytest.raises(CaptureUnreadable, match=r"x\.gz: gzip that cannot be unpacked"):
        list(batches(tmp_path / "x.gz", {}))
