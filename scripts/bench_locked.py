"""How long requests wait while another process holds the ledger's write lock, against the same without the lock."""

import asyncio
import contextlib
import sqlite3
import time
from itertools import chain
from pathlib import Path

from scripts.bench_client import Connection
from scripts.bench_processes import Site, guard, logged_in

HELD = 0.4
"""Seconds."""

CONNECTIONS = 4


def slowest(directory: Path, site: str, rounds: int) -> dict[str, float]:
    """The slowest request of all rounds, milliseconds, with the lock (`locked`) and without it (`free`); and how many
    requests were answered meanwhile."""
    home = directory / "locked"
    home.mkdir()
    with guard(home, site, home / "ledger.db") as found:
        return asyncio.run(_rounds(logged_in(found), home / "ledger.db", rounds))


async def _rounds(site: Site, ledger: Path, rounds: int) -> dict[str, float]:
    took: dict[str, list[float]] = {"locked": [], "free": []}
    with contextlib.closing(sqlite3.connect(ledger, isolation_level=None)) as connection:
        for _ in range(rounds):
            took["free"] += await _asked(site)
            connection.execute("BEGIN IMMEDIATE")
            try:
                took["locked"] += await _asked(site)
            finally:
                connection.execute("ROLLBACK")
            # What was held back is written now.
            await asyncio.sleep(HELD)
    worst = {name: max(values) * 1000 for name, values in took.items()}
    return {**worst, "requests": len(took["locked"])}


async def _asked(site: Site) -> list[float]:
    until = time.monotonic() + HELD
    return [*chain.from_iterable(await asyncio.gather(*(_asking(site, until) for _ in range(CONNECTIONS))))]


async def _asking(site: Site, until: float) -> list[float]:
    took = []
    async with Connection(site.url) as connection:
        while (begun := time.monotonic()) < until:
            status = await connection.get(("Cookie", site.cookie))
            took.append(time.monotonic() - begun)
            if status != 200:
                raise RuntimeError(f"{site.name} answered {status}")
    return took
