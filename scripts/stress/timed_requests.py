"""People who use a guarded site while something else happens: how long each request took, and what came of it. Knows
nothing of what happens."""

import asyncio
import time
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

from scripts.bench_client import Connection
from scripts.bench_processes import Site

CONNECTIONS = 4
PAUSE = 0.005
"""Seconds between two requests of a connection: people, not a benchmark."""


class Timed(NamedTuple):
    """What came of it."""

    milliseconds: list[float]
    statuses: Counter[int]

    def at(self, share: float) -> float:
        """The time within which that share of the requests was answered."""
        return sorted(self.milliseconds)[min(len(self.milliseconds) - 1, int(len(self.milliseconds) * share))]

    @property
    def slowest(self) -> float:
        return max(self.milliseconds)


async def asked(site: Site, over: Callable[[], bool]) -> Timed:
    """Requests of four connections until it is `over`."""
    found = Timed([], Counter())
    await asyncio.gather(*(_asking(site, over, found) for _ in range(CONNECTIONS)))
    return found


async def _asking(site: Site, over: Callable[[], bool], found: Timed) -> None:
    async with Connection(site.url) as connection:
        while not over():
            begun = time.monotonic()
            found.statuses[await connection.get(("Cookie", site.cookie))] += 1
            found.milliseconds.append((time.monotonic() - begun) * 1000)
            await asyncio.sleep(PAUSE)
