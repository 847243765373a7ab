"""The load generators: wrk for HTTP/1.1, h2load for HTTP/2 over TLS, a client of our own where there is no wrk. Each
asks until the time is over and returns how many requests were answered with 200."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import NamedTuple

from scripts import bench_client
from scripts.bench_processes import Site

STREAMS = 4
"""Requests that an HTTP/2 connection has under way."""

HTTP2_A_SECOND = 400
"""Requests that are asked for each second of a measurement, about what stock mitmdump answers."""

SCRIPT = """
local lines = {}
for line in io.lines("%s") do lines[#lines + 1] = line end
local at, count = math.random(#lines), 0
request = function()
  if count %% %d == 0 then at = at %% #lines + 1 end
  count = count + 1
  return wrk.format("GET", "/", {["%s"] = lines[at], ["Host"] = wrk.headers["Host"]})
end
"""


class People(NamedTuple):
    """Many sessions in place of one: a file of values of the header field `field`, one a line, each of which is sent
    with `in_a_row` requests before the next one is."""

    lines: Path
    field: str = "Cookie"
    in_a_row: int = 1


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "a client in Python"


def speaks_http2() -> bool:
    """Whether h2load (nghttp2-client on Debian) is there."""
    return shutil.which("h2load") is not None


def wrk(site: Site, connections: int, seconds: float, people: People | None) -> int:
    """Raises RuntimeError when something was answered that is not 200, as all of them do."""
    command = ["wrk", "-t1", "--timeout", "30s", f"-c{connections}", f"-d{max(1, round(seconds))}s", f"{site.url}/"]
    if people is not None:
        script = people.lines.with_suffix(".lua")
        script.write_text(SCRIPT % (people.lines, people.in_a_row, people.field))
        command[1:1] = ["-s", str(script)]
    elif site.cookie:
        command[1:1] = ["-H", f"Cookie: {site.cookie}"]
    told = _told(command)
    found = re.search(r"(\d+) requests in", told)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{site.name}: {told}")
    return int(found[1])


def h2load(site: Site, connections: int, seconds: float) -> int:
    """`STREAMS` requests at a time on each connection. A number of them, not for a time: a connection whose handshake
    is not through when the time is over would go on for ever."""
    requests = max(connections * STREAMS, round(seconds * HTTP2_A_SECOND))
    command = ["h2load", f"-c{connections}", f"-m{STREAMS}", f"-n{requests}", f"{site.secure}/"]
    if site.cookie:
        command[1:1] = ["-H", f"Cookie: {site.cookie}"]
    told = _told(command)
    found = re.search(r"status codes: (\d+) 2xx, 0 3xx, 0 4xx, 0 5xx", told)
    if found is None or "protocol: h2" not in told or " 0 failed, 0 errored" not in told:
        raise RuntimeError(f"{site.name}: {told}")
    return int(found[1])


def _told(command: list[str]) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def own(site: Site, connections: int, seconds: float, people: People | None) -> int:
    """Slower than what it measures."""
    if people is None:
        return bench_client.ask(site.url, connections, seconds, [("Cookie", site.cookie)])
    lines = people.lines.read_text().splitlines()
    return bench_client.ask(site.url, connections, seconds, [(people.field, line) for line in lines], people.in_a_row)
