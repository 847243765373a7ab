"""Measures nightlatch against stock mitmproxy and prints a table. Usage: scripts/bench --help"""

import argparse
import json
import os
import platform
import tempfile
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

from scripts.bench_parts import PARTS, QUICK, Effort, Place, say
from scripts.bench_processes import ROOT
from scripts.bench_report import put, rows, table
from scripts.bench_row import Figures
from scripts.bench_tools import speaks_http2, tool
from scripts.bench_upstream import upstream

PAGES = {ROOT / "README.md": True, ROOT / "docs" / "performance.md": False}
"""Where tables stand; whether only the main rows."""


def measure(
    directory: Path, effort: Effort, parts: Sequence[str], keep: Callable[[Figures], None]
) -> dict[str, Mapping[str, float]]:
    """The parts, one after the other, in front of one upstream; `keep` is given what there is after each of them."""
    figures: dict[str, Mapping[str, float]] = {}
    with upstream(directory) as site:
        for part in parts:
            say(part)
            folder = directory / part
            folder.mkdir()
            figures |= PARTS[part](Place(folder, site.url), effort)
            keep(figures)
    return figures


def circumstances() -> str:
    """Where and with what it was measured."""
    return (
        f"`scripts/bench`, medians of interleaved rounds with {tool()}{' and h2load' * speaks_http2()}: "
        f"mitmproxy {version('mitmproxy')}, Python {platform.python_version()}, {os.cpu_count()} cores, "
        f"{platform.system()}."
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/bench", description="nightlatch against stock mitmproxy")
    parser.add_argument("--quick", action="store_true", help="try every part once; the figures mean nothing")
    parser.add_argument("--only", choices=PARTS, action="append", help="measure only this part (may be repeated)")
    parser.add_argument(
        "--json",
        type=Path,
        metavar="FILE",
        help="write the figures into FILE after each part; what it has of others stays",
    )
    parser.add_argument("--write", action="store_true", help="put the tables into README and docs/performance.md")
    return parser.parse_args()


def main() -> None:
    given = _arguments()
    known: Figures = {}
    if given.json and given.json.exists():
        known = json.loads(given.json.read_text())["figures"]

    def keep(figures: Figures) -> None:
        if given.json:
            told = {"circumstances": circumstances(), "figures": {**known, **figures}}
            given.json.write_text(json.dumps(told, indent=2) + "\n")

    with tempfile.TemporaryDirectory(prefix="nightlatch-bench-") as directory:
        figures = measure(Path(directory), QUICK if given.quick else Effort(), given.only or [*PARTS], keep)
    every = [*rows({**known, **figures})]
    print(table(every, circumstances()))
    if given.write:
        for page, main_only in PAGES.items():
            put(page, table([row for row in every if row.main or not main_only], circumstances()))


if __name__ == "__main__":
    main()
