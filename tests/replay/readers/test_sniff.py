import gzip
import json
from pathlib import Path

import pytest
from tests.replay.made import har, har_entry
from tests.replay.readers.test_flows import http_flow, written

from nightlatch.core.recording import header_line
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.sniff import read_capture

HAR = har(har_entry())
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
    ],
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
