"""How fast `nightlatch replay` reads and judges recorded traffic, against mitmproxy's own readers, which only read."""

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from mitmproxy.http import Headers, HTTPFlow
from mitmproxy.io import FlowWriter
from mitmproxy.test import tflow
from scripts.bench_processes import ROOT, environment, nightlatch

READ = """
import sys, time
from mitmproxy.io import FlowReader
begun = time.perf_counter()
with open(sys.argv[1], "rb") as file:
    count = sum(1 for _ in FlowReader(file).stream())
print(time.perf_counter() - begun, count)
"""

START = datetime(2025, 1, 1, tzinfo=UTC)
SESSIONS = 50


def rates(directory: Path, count: int, rounds: int) -> dict[str, float]:
    """Requests per second: `replay` as a whole process, and mitmproxy's reader alone, for both kinds of capture; and of
    how many `requests` they are."""
    captures = {"har": directory / "capture.har", "flows": directory / "capture.flows"}
    captures["har"].write_text(json.dumps({"log": {"version": "1.2", "entries": list(entries(count))}}))
    with captures["flows"].open("wb") as file:
        writer = FlowWriter(file)
        for number in range(count):
            writer.add(flow(number))
    took: dict[str, list[float]] = {}
    for _ in range(rounds):
        for kind, path in captures.items():
            took.setdefault(f"replay {kind}", []).append(_replay(path))
            took.setdefault(f"mitmproxy {kind}", []).append(_read(path))
    return {"requests": count, **{name: count / statistics.median(values) for name, values in took.items()}}


def _replay(capture: Path) -> float:
    begun = time.perf_counter()
    command = nightlatch("replay", capture, "--policy", "default", "--json")
    subprocess.run(command, check=True, capture_output=True, env=environment(), cwd=ROOT)
    return time.perf_counter() - begun


def _read(capture: Path) -> float:
    command = [sys.executable, "-c", READ, str(capture)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, env=environment(), cwd=ROOT).stdout
    return float(told.split()[0])


def entries(count: int) -> Iterator[dict[str, object]]:
    """HAR entries as browsers write them, one every ten seconds, of `SESSIONS` people."""
    for number in range(count):
        cookie = {"name": "Cookie", "value": f"theme=dark; session=s{number % SESSIONS}"}
        yield {
            "startedDateTime": (START + timedelta(seconds=10 * number)).isoformat().replace("+00:00", "Z"),
            "time": 12.5,
            "request": {
                "method": "GET", "url": f"https://app.example/page/{number % 40}?q={number}", "httpVersion": "HTTP/1.1",
                "headers": [{"name": "Accept", "value": "text/html"}, {"name": "Host", "value": "app.example"}, cookie],
                "cookies": [], "queryString": [], "headersSize": -1, "bodySize": 0,
            },
            "response": {
                "status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "redirectURL": "",
                "headers": [{"name": "Content-Type", "value": "text/html"}], "headersSize": -1, "bodySize": 1024,
                "content": {"size": 1024, "mimeType": "text/html", "text": "x" * 1024},
            },
            "cache": {}, "timings": {"send": 0.5, "wait": 11, "receive": 1},
        }  # fmt: skip


def flow(number: int) -> HTTPFlow:
    """The same as a flow of mitmproxy's."""
    made: HTTPFlow = tflow.tflow(resp=True)
    begun = (START + timedelta(seconds=10 * number)).timestamp()
    made.request.path = f"/page/{number % 40}?q={number}"
    cookie = b"theme=dark; session=s%d" % (number % SESSIONS)
    made.request.headers = Headers([(b"Host", b"app.example"), (b"Accept", b"text/html"), (b"Cookie", cookie)])
    made.request.timestamp_start, made.request.timestamp_end = begun, begun + 0.001
    assert made.response is not None
    made.response.content = b"x" * 1024
    made.response.timestamp_start, made.response.timestamp_end = begun + 0.01, begun + 0.0125
    return made
