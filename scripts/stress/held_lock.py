"""Another program holds the ledger's write lock for very long, while people use the site: who only reads is answered or
told 503, nobody waits, and once the lock is free the guard goes on by itself."""

import asyncio
import contextlib
import sqlite3
import time
from collections.abc import Mapping
from pathlib import Path

from scripts.bench_client import Connection
from scripts.bench_processes import Site, guard, logged_in
from scripts.stress.clients import BrokenPromise
from scripts.stress.timed_requests import asked

PATIENCE = 30.0


def run(folder: Path, upstream: str, seconds: float) -> Mapping[str, object]:
    """With the lock held for so long; the figures.

    Raises:
        BrokenPromise: something else than 200 and 503 was answered, or the guard did not go on.
    """
    folder.mkdir()
    ledger = folder / "ledger.db"
    with guard(folder, upstream, ledger) as site:
        site = logged_in(site)
        with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            until = time.monotonic() + seconds
            held = asyncio.run(asked(site, lambda: time.monotonic() > until))
            other.execute("ROLLBACK")
        freed = time.monotonic()
        back = asyncio.run(_let_in(site)) - freed
        quiet_until = time.monotonic() + min(3.0, seconds)
        quiet = asyncio.run(asked(site, lambda: time.monotonic() > quiet_until))
    if set(held.statuses) - {200, 503} or set(quiet.statuses) != {200}:
        raise BrokenPromise(f"answered {dict(held.statuses)} while locked, {dict(quiet.statuses)} afterwards")
    return {
        "seconds for which the lock was held": seconds,
        "requests meanwhile: allowed, 503": f"{held.statuses[200]:,}, {held.statuses[503]:,}",
        "milliseconds a request, median, locked and free": f"{held.at(0.5):.1f}, {quiet.at(0.5):.1f}",
        "… 99 of 100": f"{held.at(0.99):.1f}, {quiet.at(0.99):.1f}",
        "… the slowest": f"{held.slowest:.1f}, {quiet.slowest:.1f}",
        "seconds until people were let in again": back,
    }


async def _let_in(site: Site) -> float:
    """When somebody is let in again."""
    until = time.monotonic() + PATIENCE
    async with Connection(site.url) as connection:
        while await connection.get(("Cookie", site.cookie)) != 200:
            if time.monotonic() > until:
                raise BrokenPromise(f"the guard does not go on within {PATIENCE} s")
            await asyncio.sleep(0.05)
    return time.monotonic()
