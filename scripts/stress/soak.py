"""A day of a guard in minutes. Usage: scripts/soak --help

The clock is moved a quarter of an hour at a time; between two moves there are as many requests as fit. At the end of
each hour what the guard has come to is written down, and at the end of the day judged: nothing may grow. Exit code 1
when something does, or when somebody was let in who should not have been.
"""

import argparse
import contextlib
import json
import platform
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from socket import socket
from time import monotonic

from scripts.bench_ledger import filled
from scripts.bench_processes import Site, free_port, guard, running
from scripts.stress.soak_client import is_cut
from scripts.stress.soak_figures import Limits, Sample, Verdict, sampled, verdicts
from scripts.stress.soak_people import Crowd, together

from nightlatch.clock import wall_now
from nightlatch.core.durations import parse_duration
from nightlatch.core.events import Event, EventType
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

POLICY = """
[policy]
name = "soak"
[session]
idle = "30m"
absolute = "8h"
rolling = "1h"
[remember]
idle = "30d"
absolute = "90d"
[audit]
keep = "30d"
"""
LONG = Limits(slope=300, files=20, p50=1.5, p99=1.5, log=65_536)
SHORT = Limits(slope=250_000, files=20, p50=4.0, p99=10.0, log=65_536)
"""A few thousand requests fill caches: what can be seen is a descriptor that stays open, or a great leak."""
QUARTERS = 4
CACHED = 50_000
"""The largest of the guard's memories: so many sessions are asked for before the day begins, so that all are full."""
OPENED = 4
"""WebSockets, and event streams, that are opened each hour; whoever opened them may leave, and they are cut then."""


@dataclass
class Day:
    """What is going on."""

    site: Site
    ledger: Path
    crowds: list[Crowd]
    kept: int
    open: list[socket] = field(default_factory=list)
    cut: int = 0
    samples: list[Sample] = field(default_factory=list)

    def hour(self, number: int, requests: int) -> None:
        """An hour passes, with `requests` requests."""
        for _ in range(QUARTERS):
            together(self.crowds, requests // QUARTERS)
            advance(self.ledger, "15m")
        self._streams()
        seconds = [each for crowd in self.crowds for each in crowd.seconds]
        for crowd in self.crowds:
            del crowd.seconds[:]
        total = requests * (number + 1)
        self.samples.append(sampled(self.site.pid, self.ledger, number + 1, total, seconds))

    def _streams(self) -> None:
        gone = [held for held in self.open if is_cut(held)]
        for held in gone:
            held.close()
        self.cut += len(gone)
        self.open = [held for held in self.open if held not in gone]
        for number in range(OPENED):
            self.open += self.crowds[number % len(self.crowds)].open_lasting()

    def warm_up(self) -> None:
        """Fill what the guard remembers of sessions, connections and people."""
        for crowd in self.crowds:
            crowd.wake(CACHED // len(self.crowds))
        together(self.crowds, 200 * len(self.crowds))

    def close(self) -> None:
        for held in self.open:
            held.close()
        for crowd in self.crowds:
            crowd.close()


def advance(ledger: Path, by: str) -> None:
    """Move the clock as `nightlatch clock advance` does, without a process for it."""
    reader, writer = open_reader(ledger), open_writer(ledger)
    segment = reader.warp().advance(wall_now(), parse_duration(by) or 0)
    writer.warp(segment, Event(EventType.CLOCK_WARPED, segment.warped_at, policy="soak"))
    writer.close()
    reader.close()


@contextlib.contextmanager
def a_day(folder: Path, kept: int, connections: int, seed: int) -> Iterator[Day]:
    """Application, guard, a ledger with `kept` live sessions, and people at so many connections."""
    (folder / "policy.toml").write_text(POLICY)
    port, ledger = free_port(), folder / "ledger.db"
    upstream = [sys.executable, "-m", "scripts.stress.soak_upstream", str(port)]
    with running([*upstream], port, folder):
        origin = f"http://127.0.0.1:{port}"
        if kept:
            filled(ledger, origin, kept)
            with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
                connection.execute("UPDATE sessions SET remembered = 1")
        with guard(folder, origin, ledger, options=["--policy", folder / "policy.toml"]) as site:
            cookie = f"nightlatch-{site.url.rpartition(':')[2]}"
            crowds = [
                Crowd(site.url, cookie, range(number, kept, connections), seed + number)
                for number in range(connections)
            ]
            day = Day(site, ledger, crowds, kept)
            yield day
            day.close()


def show(day: Day, found: Sequence[Verdict], seconds: float) -> None:
    """The closing table."""
    seen = sum((crowd.seen for crowd in day.crowds), Counter[str]())
    asked = ", ".join(f"{count:,} {name}" for name, count in sorted(seen.items()))
    print("| hour | requests | memory, MB | descriptors | threads | ledger, MB | p50, ms | p99, ms |")
    print("|---:|---:|---:|---:|---:|---:|---:|---:|")
    for each in day.samples:
        sizes = f"{each.memory / 1024:.1f} | {each.files} | {each.threads} | {each.ledger / 1024:.1f}"
        print(f"| {each.hour} | {each.requests:,} | {sizes} | {each.p50:.2f} | {each.p99:.2f} |")
    print(f"\n{asked}; {day.cut} sockets and streams cut; {day.kept:,} sessions from before; {seconds:.0f} s")
    print("\n| what | measured | limit | holds |\n|---|---|---:|---|")
    for line in found:
        print(f"| {line.what} | {line.measured} | {line.limit} | {'yes' if line.holds else '**no**'} |")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="scripts/soak", description="a day of a guard in minutes")
    parser.add_argument("--short", action="store_true", help="a small day of some seconds, for continuous integration")
    parser.add_argument("--requests", type=int, default=600_000, help="in all (default: 600000, some ten minutes)")
    parser.add_argument("--hours", type=int, default=24, help="how long the day is")
    parser.add_argument("--sessions", type=int, default=1_000_000, help="live sessions in the ledger beforehand")
    parser.add_argument("--connections", type=int, default=8, help="how many clients ask at the same time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures into FILE")
    return parser.parse_args()


def main() -> int:
    """Run the day, print what came out; 1 when a promise was broken."""
    asked, begun = _arguments(), monotonic()
    requests, hours, kept = (3_000, 6, 1_000) if asked.short else (asked.requests, asked.hours, asked.sessions)
    with tempfile.TemporaryDirectory(prefix="soak-") as name:
        with a_day(Path(name), kept, asked.connections, asked.seed) as day:
            day.warm_up()
            for hour in range(hours):
                day.hour(hour, requests // hours)
        found = verdicts(day.samples, SHORT if asked.short else LONG)
    broken = [text for crowd in day.crowds for text in crowd.broken]
    show(day, found, monotonic() - begun)
    for text in broken[:20]:
        print(f"BROKEN: {text}")
    if asked.json:
        about = {"mitmproxy": version("mitmproxy"), "python": platform.python_version(), "seed": asked.seed}
        rows = [sample._asdict() for sample in day.samples]
        asked.json.write_text(json.dumps({**about, "samples": rows, "verdicts": [each._asdict() for each in found]}))
    return int(bool(broken) or not all(line.holds for line in found))


if __name__ == "__main__":
    raise SystemExit(main())
