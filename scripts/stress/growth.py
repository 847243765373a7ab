"""A ledger in which very many sessions ended days ago, and a guard that lets them go while people use it: how large it
is before and after, and how long requests take meanwhile."""

import asyncio
import contextlib
import sqlite3
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.bench_ledger import credential, filled
from scripts.bench_processes import environment, guard, logged_in, nightlatch
from scripts.stress.clients import BrokenPromise
from scripts.stress.timed_requests import asked

from nightlatch.clock import read_clock
from nightlatch.core.session import End
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

POLICY = '[session]\nidle = "30d"\nabsolute = "30d"\n[audit]\nkeep = "1d"\n'
REST = 3.0
"""Seconds for which people go on once all is gone, for comparison."""
LOOK = 0.25
A_DECISION = 400
"""Bytes, with its indexes, that each request adds to the log of decisions, which is bounded by itself."""


def run(folder: Path, upstream: str, count: int) -> Mapping[str, object]:
    """With `count` sessions; the figures.

    Raises:
        BrokenPromise: an ended credential is not refused any more, or the ledger is not small again.
    """
    folder.mkdir()
    ledger, policy = folder / "ledger.db", folder / "acme.toml"
    policy.write_text(POLICY)
    _fill(ledger, upstream, count)
    before = _size(ledger)
    begun = time.monotonic()
    with guard(folder, upstream, ledger, options=["--policy", policy]) as site:
        site = logged_in(site)
        with contextlib.closing(_Done(ledger)) as done:
            meanwhile = asyncio.run(asked(site, done))
        took, quiet_until = time.monotonic() - begun, time.monotonic() + REST
        quiet = asyncio.run(asked(site, lambda: time.monotonic() > quiet_until))
    _check(ledger, upstream, count)
    after = _size(ledger)
    logged = A_DECISION * (len(meanwhile.milliseconds) + len(quiet.milliseconds))
    if after > before / 2 + logged:
        raise BrokenPromise(f"the ledger had {before} bytes, and still has {after}")
    if set(meanwhile.statuses) != {200}:
        raise BrokenPromise(f"people were answered {dict(meanwhile.statuses)} meanwhile")
    return {
        "sessions that ended three days ago": count,
        "bytes of ledger a session before": before / count,
        "… and after (a tombstone)": after / count,
        "seconds until all was gone": took,
        "requests meanwhile, all answered 200": len(meanwhile.milliseconds),
        "milliseconds a request, median, meanwhile and afterwards": f"{meanwhile.at(0.5):.1f}, {quiet.at(0.5):.1f}",
        "… 99 of 100": f"{meanwhile.at(0.99):.1f}, {quiet.at(0.99):.1f}",
        "… the slowest": f"{meanwhile.slowest:.1f}, {quiet.slowest:.1f}",
    }


def _fill(ledger: Path, site: str, count: int) -> None:
    """Sessions of an application's cookie, as of those a tombstone stays, each with the event of its end; then three
    days pass."""
    filled(ledger, site, count)
    with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
        connection.execute("UPDATE sessions SET source = 'cookie'")
    with contextlib.closing(open_writer(ledger)) as writer, contextlib.closing(open_reader(ledger)) as reader:
        writer.end_all(None, End(read_clock(reader), "logout"), "v1")
    subprocess.run(
        [*nightlatch("clock", "advance", "3d", "--ledger", ledger)], env=environment(), check=True, capture_output=True
    )


class _Done:
    """Whether nothing is left to go; looks a few times a second."""

    def __init__(self, ledger: Path) -> None:
        self._reader, self._next, self._done = open_reader(ledger), 0.0, False

    def __call__(self) -> bool:
        if not self._done and time.monotonic() >= self._next:
            self._next = time.monotonic() + LOOK
            space = self._reader.space()
            ended = next((each for each in self._reader.sessions(limit=2) if each.end is not None), None)
            self._done = ended is None and space.free <= space.bytes / 8 + 8192
        return self._done

    def close(self) -> None:
        self._reader.close()


def _check(ledger: Path, site: str, count: int) -> None:
    with contextlib.closing(open_reader(ledger)) as reader:
        key = reader.key()
        for number in range(0, count, max(1, count // 1000)):
            # `filled` writes the fingerprints of nightlatch's own cookies.
            found = reader.find(fingerprint(key, site, "nightlatch", credential(number)))
            if found is None or found.session.end is None:
                raise BrokenPromise(f"the credential of s{number} is not refused any more")


def _size(ledger: Path) -> int:
    return sum(each.stat().st_size for each in ledger.parent.glob(f"{ledger.name}*"))
