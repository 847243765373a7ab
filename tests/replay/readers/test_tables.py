"""JSON lines, CSV and Parquet."""

import json
import sys
from datetime import UTC, datetime
from io import BytesIO
from typing import Any

import polars
import pytest

from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.tables import is_csv, is_json_lines, read_csv, read_json_lines, read_parquet
from nightlatch.replay.readers.views import Views

CADDY = {
    "level": "info",
    "ts": 1704099600.25,
    "request": {
        "remote_ip": "192.0.2.1",
        "method": "POST",
        "host": "app.test",
        "uri": "/save?x=1",
        "headers": {"User-Agent": ["curl/8"], "Cookie": ["sid=a"]},
    },
    "status": 200,
    "duration": 1.5,
}


def _lines(*rows: Any) -> bytes:
    return b"\n".join(row if isinstance(row, bytes) else json.dumps(row).encode() for row in rows)


def _told(capture: Capture) -> list[tuple[str, str, str]]:
    return [(each.request.method, each.request.path, each.request.header(":session")) for each in capture.exchanges]


def test_nested_json_is_known_by_dotted_names() -> None:
    capture = read_json_lines("x", _lines(CADDY), Views(), {})
    (found,) = capture.exchanges
    assert (found.at, found.duration, found.status) == (1_704_099_600_250_000, 1_500_000, 200)
    assert (found.request.method, found.request.host, found.request.path) == ("POST", "app.test", "/save")
    assert found.request.headers == {"user-agent": ("curl/8",), "cookie": ("sid=a",)}


def test_columns_can_be_named_and_bad_lines_are_skipped_by_number() -> None:
    rows = [
        {"when": 1704099600, "who": "a"},
        b"{broken",
        [1],
        {"who": "b"},
        b"",
        {"when": "2024-01-01T09:00:01Z", "who": 7},
    ]
    capture = read_json_lines("x", _lines(*rows), Views(), {"at": "when", "session": "who"})
    assert _told(capture) == [("GET", "/", "a"), ("GET", "/", "7")]
    assert [skip.at for skip in capture.skipped] == ["line 2", "line 3", "line 4"]
    assert capture.skipped[2].why == "no time: 'None'"
    assert [each.position for each in capture.exchanges] == [0, 5]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_csv_with_any_usual_delimiter(delimiter: str) -> None:
    text = "time,method,url,session\n2024-01-01T09:00:00Z,GET,/a,s1\nnever,GET,/a,s1\nshort\n1704099601,put,/b,-\n"
    capture = read_csv("x", text.replace(",", delimiter).encode(), Views(), {})
    assert _told(capture) == [("GET", "/a", "s1"), ("PUT", "/b", "")]
    assert [(skip.at, skip.why) for skip in capture.skipped] == [
        ("line 3", "no time: 'never'"),
        ("line 4", "not a whole row"),
    ]


def test_quoted_csv() -> None:
    capture = read_csv("x", b'"time","url","session"\r\n"1704099600","/a,b","x ""y"""\r\n', Views(), {})
    assert _told(capture) == [("GET", "/a,b", 'x "y"')]


def test_parquet() -> None:
    table = polars.DataFrame(
        {"time": [datetime(2024, 1, 1, 9, tzinfo=UTC), None], "path": ["/a", "/b"], "session": [17, 17]}
    )
    file = BytesIO()
    table.write_parquet(file)
    capture = read_parquet("x", file.getvalue(), Views(), {})
    assert _told(capture) == [("GET", "/a", "17")]
    assert [(skip.at, skip.why) for skip in capture.skipped] == [("row 2", "no time: 'None'")]
    with pytest.raises(CaptureUnreadable, match="x: damaged Parquet"):
        read_parquet("x", file.getvalue()[:-40], Views(), {})


def test_parquet_without_the_extra_tells_the_line_that_installs_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "polars", None)
    with pytest.raises(CaptureUnreadable, match=r"pip install 'nightlatch\[bulk\]'"):
        read_parquet("x", b"PAR1", Views(), {})


@pytest.mark.parametrize(("read", "content"), [(read_csv, b"a,b\n1,2\n"), (read_json_lines, b'{"a":1}\n')])
def test_a_table_that_does_not_tell_the_time(read: Any, content: bytes) -> None:
    with pytest.raises(CaptureUnreadable, match="x: no column tells the time"):
        read("x", content, Views(), {})


def test_the_first_line_tells_what_it_is() -> None:
    assert is_json_lines(b'{"a": 1}\n{"a": 2}')
    assert is_json_lines(b'{"log": "a message"}')
    assert not is_json_lines(b'{"log": {"entries": []}}')
    assert not is_json_lines(b'{\n"log": {}}')
    assert not is_json_lines(b"[1]")
    assert is_csv(b"time,url\n", {})
    assert is_csv(b"when,url\n", {"at": "when"})
    assert not is_csv(b"when,url\n", {})
    assert not is_csv(b"time\n", {})
