import gzip
import json
import os
from io import BytesIO
from pathlib import Path

import polars
import pytest
from tests.replay.made import har, har_entry
from tests.replay.readers.test_archives import zipped
from tests.replay.readers.test_flows import http_flow, written

from nightlatch.core.recording import header_line
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.sniff import read_capture

HAR = har(har_entry())
_FILE = BytesIO()
polars.DataFrame({"time": [1704099600], "url": ["/"]}).write_parquet(_FILE)
PARQUET = _FILE.getvalue()
RECORDING = json.dumps(header_line("https://app.test", "default")).encode() + b"\n"


@pytest.mark.parametrize(
    "content",
    [
        HAR,
        b"\xef\xbb\xbf" + HAR,
        b" \r\n\t" + HAR,
        b"\xef\xbb\xbf\n" + HAR,
        HAR.decode().encode("utf-16"),
        gzip.compress(HAR),
        gzip.compress(b"\xef\xbb\xbf" + HAR),
        written(http_flow()),
        gzip.compress(written(http_flow())),
        zipped(har__har=HAR),
        zipped(x__flows=written(http_flow())),
        b'192.0.2.1 - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 2326\n',
        b'{"time": 1704099600}\n',
        b'{"time": 1704099600}',
        b"time,url\n1704099600,/\n",
        gzip.compress(b"time,url\n1704099600,/\n"),
        PARQUET,
    ],
    ids=lambda _: "content",  # packed, it holds the time of packing
)
def test_a_capture_is_known_by_its_content_whatever_it_is_called(content: bytes, tmp_path: Path) -> None:
    file = tmp_path / "capture.log"
    file.write_bytes(content)
    assert len(read_capture(file).exchanges) == 1


def test_a_recording_is_known_by_its_first_line(tmp_path: Path) -> None:
    file = tmp_path / "capture.har"
    file.write_bytes(RECORDING)
    assert read_capture(file).exchanges == []


@pytest.mark.parametrize(
    ("content", "found"),
    [
        (b"", "an empty file"),
        (b"\n\n", "an empty file"),
        (b"<html>", "begins with '<html>'"),
        (b"127.0.0.1 - - [01/Jan/2024]", "begins with '127.0.0.1"),
        (b"[]", r"begins with '\[\]'"),
        (b"\x1f\x8bgarbage", "cannot be unpacked"),
        (gzip.compress(HAR)[:-20], "cannot be unpacked"),
        (b"\xff\xfe{", "damaged UTF-16"),
    ],
    ids=lambda _: "content",
)
def test_anything_else_is_named_with_what_was_expected(content: bytes, found: str, tmp_path: Path) -> None:
    file = tmp_path / "x.har"
    file.write_bytes(content)
    with pytest.raises(CaptureUnreadable, match=f"x.har: .*{found}") as error:
        read_capture(file)
    assert "expected a HAR file, a mitmproxy flow file or a recording" in str(error.value)


def test_a_folder_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none.har"):
        with pytest.raises(CaptureUnreadable, match="irectory"):
            read_capture(path)


def test_several_captures_in_one_archive_are_named(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(zipped(a__har=HAR, b__har=har(har_entry(), {})))
    capture = read_capture(file)
    assert [each.file.removeprefix(str(file)) for each in capture.exchanges] == ["/a.har", "/b.har"]
    assert [skip.at.removeprefix(str(file)) for skip in capture.skipped] == ["/b.har: entries[1]"]


def test_columns_are_taken_as_they_are_named(tmp_path: Path) -> None:
    file = tmp_path / "x"
    file.write_bytes(b"when;who\n1704099600;a\n")
    (found,) = read_capture(file, columns={"at": "when", "session": "who"}).exchanges
    assert found.request.header(":session") == "a"


@pytest.mark.parametrize("content", [HAR, gzip.compress(HAR), written(http_flow())], ids=lambda _: "content")
def test_a_pipe_is_read_from_its_first_byte_on(content: bytes) -> None:
    reading, writing = os.pipe()
    os.write(writing, content)
    os.close(writing)
    try:
        assert len(read_capture(Path(f"/dev/fd/{reading}")).exchanges) == 1
    finally:
        os.close(reading)
