"""Requests per second and CPU time per request of several sites, in interleaved rounds, so that a machine that gets
slower meanwhile slows all of them. Uses wrk, or where there is none a client of its own, which is slower than what it
measures and says so."""

import asyncio
import contextlib
import os
import re
import shutil
import statistics
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from scripts.bench_processes import Site

SCRIPT = """
local cookies = {}
for line in io.lines("%s") do cookies[#cookies + 1] = line end
local at = math.random(#cookies)
request = function()
  at = at %% #cookies + 1
  return wrk.format("GET", "/", {["Cookie"] = cookies[at], ["Host"] = wrk.headers["Host"]})
end
"""


class Load(NamedTuple):
    """One measurement. `cpu` is microseconds of CPU time per request, None where the system does not tell."""

    rate: float
    cpu: float | None


def tool() -> str:
    return "wrk" if shutil.which("wrk") else "a client in Python"


def interleaved(sites: Sequence[Site], connections: int, rounds: int, seconds: float) -> dict[str, Load]:
    """The medians of every site, by name."""
    measured: dict[str, list[Load]] = {site.name: [] for site in sites}
    for number in range(rounds):
        for site in sites if number % 2 == 0 else reversed(sites):
            measured[site.name].append(load(site, connections, seconds))
    return {name: median(loads) for name, loads in measured.items()}


def median(loads: Sequence[Load]) -> Load:
    cpus = [load.cpu for load in loads if load.cpu is not None]
    return Load(statistics.median(load.rate for load in loads), statistics.median(cpus) if cpus else None)


def load(site: Site, connections: int, seconds: float, cookies: Path | None = None) -> Load:
    """Put `site` under load; with `cookies`, a file of them, every request is another session's.

    Raises:
        RuntimeError: something was answered that is not 200.
    """
    before, begun = cpu_seconds(site.pid), time.monotonic()
    count = (_wrk if shutil.which("wrk") else _own)(site, connections, seconds, cookies)
    took, after = time.monotonic() - begun, cpu_seconds(site.pid)
    return Load(count / took, None if before is None or after is None else (after - before) / max(count, 1) * 1e6)


def cpu_seconds(pid: int) -> float | None:
    """The CPU time that a process has used; None where there is no /proc."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None


def _wrk(site: Site, connections: int, seconds: float, cookies: Path | None) -> int:
    command = ["wrk", "-t1", f"-c{connections}", f"-d{max(1, round(seconds))}s", f"{site.url}/"]
    if cookies is not None:
        script = cookies.with_suffix(".lua")
        script.write_text(SCRIPT % cookies)
        command[1:1] = ["-s", str(script)]
    elif site.cookie:
        command[1:1] = ["-H", f"Cookie: {site.cookie}"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    found = re.search(r"(\d+) requests in", told)
    if found is None or "Non-2xx" in told or "Socket errors" in told:
        raise RuntimeError(f"{site.name}: {told}")
    return int(found[1])


def _own(site: Site, connections: int, seconds: float, cookies: Path | None) -> int:
    given = cookies.read_text().splitlines() if cookies is not None else [site.cookie]

    async def all_of_them() -> int:
        until = time.monotonic() + seconds
        return sum(await asyncio.gather(*(_asking(site, given[at:] + given[:at], until) for at in range(connections))))

    return asyncio.run(all_of_them())


async def _asking(site: Site, cookies: Sequence[str], until: float) -> int:
    """Requests on one connection until the time is over; how many."""
    parts, count = urlsplit(site.url), 0
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    while time.monotonic() < until:
        cookie = cookies[count % len(cookies)]
        writer.write(f"GET / HTTP/1.1\r\nHost: {parts.netloc}\r\nCookie: {cookie}\r\n\r\n".encode())
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith((b"HTTP/1.1 200", b"HTTP/1.0 200")):
            raise RuntimeError(f"{site.name}: {head!r}")
        found = re.search(rb"(?i)content-length: *(\d+)", head)
        await reader.readexactly(int(found[1]) if found else 0)
        count += 1
    writer.close()
    return count
