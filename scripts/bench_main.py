"""Measures nightlatch against stock mitmproxy and prints a table. Usage: scripts/bench --help"""

import argparse
import json
import os
import platform
import sys
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

from scripts import bench_bulk, bench_captures, bench_gate, bench_start
from scripts.bench_load import interleaved, tool
from scripts.bench_processes import ROOT, guard, logged_in, stock
from scripts.bench_report import put, table
from scripts.bench_upstream import upstream

PARTS = ("load", "gate", "start", "captures", "bulk")


class Effort(NamedTuple):
    """How much is measured. `seconds` of load at a time, the rest are counts."""

    connections: tuple[int, ...] = (1, 16, 64)
    rounds: int = 5
    seconds: float = 4
    sizes: tuple[int, ...] = (1_000, 1_000_000)
    requests: int = 20_000
    events: int = 10_000_000


QUICK = Effort((1,), 1, 0.3, (100, 1_000), 300, 10_000)
"""Enough to see that everything works; the figures mean nothing."""


def _say(text: str) -> None:
    print(text, file=sys.stderr)


def measure(directory: Path, effort: Effort, parts: tuple[str, ...]) -> dict[str, dict[str, float]]:
    """Every part, one after the other, in front of one upstream."""
    figures: dict[str, dict[str, float]] = {}
    with upstream(directory) as site:
        if "load" in parts:
            _load(directory, site.url, effort, figures)
        if "gate" in parts:
            _say("the gate, with few and with many sessions")
            figures["gate"] = bench_gate.cost(directory, site.url, effort.sizes, effort.rounds, effort.seconds)
            many = directory / f"sessions-{effort.sizes[-1]}" / "ledger.db"
            figures["commands"] = bench_start.of_commands(many, effort.rounds)
        if "start" in parts:
            _say("start to listening")
            figures["start"] = bench_start.to_listening(directory, site.url, effort.rounds)
    if "captures" in parts:
        _say("replay")
        figures["captures"] = bench_captures.rates(directory, effort.requests, effort.rounds)
    if "bulk" in parts:
        _say("replay of a large log")
        figures["bulk"] = bench_bulk.rates(effort.events, effort.rounds)
    return figures


def _load(directory: Path, site: str, effort: Effort, figures: dict[str, dict[str, float]]) -> None:
    with stock(directory, site) as plain, guard(directory, site, directory / "load.db") as guarded:
        sites = (plain, logged_in(guarded))
        for connections in effort.connections:
            _say(f"load, {connections} connections")
            loads = interleaved(sites, connections, effort.rounds, effort.seconds)
            figures[f"load {connections}"] = {name: load.rate for name, load in loads.items()}
            cpus = {name: load.cpu for name, load in loads.items() if load.cpu is not None}
            if len(cpus) == len(loads):
                figures[f"cpu {connections}"] = cpus


def circumstances() -> str:
    """Where and with what it was measured."""
    return (
        f"`scripts/bench`, medians of interleaved rounds with {tool()}: mitmproxy {version('mitmproxy')}, "
        f"Python {platform.python_version()}, {os.cpu_count()} cores, {platform.system()}."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="nightlatch against stock mitmproxy")
    parser.add_argument("--quick", action="store_true", help="try every part once; the figures mean nothing")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part (may be repeated)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into FILE")
    parser.add_argument("--write", action="store_true", help="put the table into the README")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    with tempfile.TemporaryDirectory(prefix="nightlatch-bench-") as directory:
        figures = measure(Path(directory), QUICK if given.quick else Effort(), tuple(given.only or PARTS))
    if given.json:
        given.json.write_text(json.dumps({"circumstances": circumstances(), "figures": figures}, indent=2) + "\n")
    text = table(figures, circumstances())
    print(text)
    if given.write:
        put(ROOT / "README.md", text)


if __name__ == "__main__":
    main()
