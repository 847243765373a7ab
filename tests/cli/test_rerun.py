"""`nightlatch rerun` as it is called, against a live site."""

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.replay.made import har, har_entry

from nightlatch_cli.exits import ExitCode


class Site(BaseHTTPRequestHandler):
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(f"{self.command} {self.path} {self.headers.get('Cookie')}")
        self.send_response(404 if self.path == "/gone" else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_POST = do_GET

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


@pytest.fixture
def site() -> Iterator[ThreadingHTTPServer]:
    Site.asked = []
    server = ThreadingHTTPServer(("127.0.0.1", 0), Site)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    file = tmp_path / "a.har"
    file.write_bytes(
        har(
            har_entry("2024-01-01T09:00:00Z", "https://app.test/a", headers={"Cookie": "sid=x"}),
            har_entry("2024-01-01T09:00:02Z", "https://app.test/gone", headers={"Cookie": "sid=x"}),
            har_entry("2024-01-01T09:00:03Z", "https://app.test/save", method="POST", headers={"Cookie": "sid=x"}),
        )
    )
    return file


def _to(site: ThreadingHTTPServer) -> list[str]:
    return ["--to", f"http://127.0.0.1:{site.server_port}", "--speed", "1000"]


def test_what_differs_is_a_finding_and_no_write_is_sent(site: ThreadingHTTPServer, capture: Path) -> None:
    result = nightlatch("rerun", capture, *_to(site), "--json")
    assert result.exit_code == ExitCode.FINDING
    told = json.loads(result.stdout)
    assert (told["schema"], told["sent"], told["different"]) == ("nightlatch.rerun/1", 2, 1)
    assert told["held_back"] == {"write": 1}
    assert told["requests"][1]["differs"] == ["status 404, was 200"]
    assert told["requests"][1]["after"] == 2.0
    assert Site.asked == ["GET /a sid=x", "GET /gone sid=x"]
    assert "sid=x" not in result.stdout + result.stderr


def test_writes_and_a_header_when_told(site: ThreadingHTTPServer, capture: Path) -> None:
    result = nightlatch("rerun", capture, *_to(site), "--writes", "--header", "Cookie: mine=1")
    assert "3 sent, 1 different" in result.stderr
    assert Site.asked[-1] == "POST /save mine=1"
    assert "2 s\tGET /gone\t200\t404\tstatus 404, was 200" in result.stdout


@pytest.mark.parametrize(
    "args",
    [
        ["--to", "localhost:8080"],
        ["--to", "http://localhost:8080/app"],
        ["--to", "file:///etc/passwd"],
        ["--to", "http://localhost", "--speed", "0"],
        ["--to", "http://localhost", "--header", "Cookie"],
        ["--to", "http://localhost", "--header", "X: a\r\nY: b"],
        [],
    ],
)
def test_mistakes_on_the_command_line(capture: Path, args: list[str]) -> None:
    assert nightlatch("rerun", capture, *args).exit_code == ExitCode.USAGE


def test_a_password_in_the_target_is_sent_otherwise(capture: Path) -> None:
    result = nightlatch("rerun", capture, "--to", "http://ada:s3cret@localhost:8080")
    assert result.exit_code == ExitCode.USAGE
    assert "--header 'Authorization: Basic" in result.stderr and "s3cret" not in result.stderr


def test_nothing_to_send_and_nothing_to_read(capture: Path, tmp_path: Path) -> None:
    result = nightlatch("rerun", capture, "--to", "http://localhost", "--session", "nobody")
    assert result.exit_code == ExitCode.EMPTY
    log = tmp_path / "x.csv"
    log.write_text("time,url,session\n1704099600,/,a\n")
    assert nightlatch("rerun", log, "--to", "http://localhost").exit_code == ExitCode.INPUT


def test_a_warp_needs_a_ledger(capture: Path, tmp_path: Path) -> None:
    result = nightlatch("rerun", capture, "--to", "http://localhost", "--warp", "--ledger", tmp_path / "none.db")
    assert result.exit_code == ExitCode.LEDGER
