"""Requests per second and CPU time per request of several sites, in interleaved rounds, so that a machine that gets
slower meanwhile slows all of them. Uses wrk and h2load, or where there is no wrk a client of its own, which is slower
than what it measures and says so."""

import contextlib
import os
import shutil
import statistics
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from scripts import bench_tools
from scripts.bench_processes import Site
from scripts.bench_tools import People


class Load(NamedTuple):
    """One measurement. `cpu` is microseconds of CPU time per request, None where the system does not tell."""

    rate: float
    cpu: float | None


Put = Callable[[Site], Load]
"""Puts a site under load once."""


def interleaved(sites: Sequence[Site], put: Put, rounds: int) -> dict[str, Load]:
    """The medians of every site, by name."""
    measured: dict[str, list[Load]] = {site.name: [] for site in sites}
    for number in range(rounds):
        for site in sites if number % 2 == 0 else reversed(sites):
            measured[site.name].append(put(site))
    return {name: median(loads) for name, loads in measured.items()}


def median(loads: Sequence[Load]) -> Load:
    cpus = [load.cpu for load in loads if load.cpu is not None]
    return Load(statistics.median(load.rate for load in loads), statistics.median(cpus) if cpus else None)


def load(site: Site, connections: int, seconds: float, people: People | None = None) -> Load:
    """Put `site` under load over HTTP/1.1.

    Raises:
        RuntimeError: something was answered that is not 200.
    """
    asking = bench_tools.wrk if shutil.which("wrk") else bench_tools.own
    return _metered(site, lambda: asking(site, connections, seconds, people))


def load_http2(site: Site, connections: int, seconds: float) -> Load:
    """The same over HTTP/2 and TLS."""
    return _metered(site, lambda: bench_tools.h2load(site, connections, seconds))


def _metered(site: Site, ask: Callable[[], int]) -> Load:
    before, begun = cpu_seconds(site.pid), time.monotonic()
    count = ask()
    took, after = time.monotonic() - begun, cpu_seconds(site.pid)
    return Load(count / took, None if before is None or after is None else (after - before) / max(count, 1) * 1e6)


def cpu_seconds(pid: int) -> float | None:
    """The CPU time that a process has used; None where there is no /proc."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return None
