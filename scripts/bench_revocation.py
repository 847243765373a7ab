"""Whether an end that another process has committed holds from the very next request on, and how soon it is told."""

import asyncio
import contextlib
import statistics
import time
from pathlib import Path

from scripts.bench_client import Connection
from scripts.bench_ledger import credential, filled
from scripts.bench_processes import Site, guard

from nightlatch.clock import read_clock
from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer


def revoked(directory: Path, site: str, count: int) -> dict[str, float]:
    """Of `count` sessions, each of which asks, is ended by this process, and asks again: how many were let in after
    the commit, how many refused before it, and the median time until the refusal was told, milliseconds."""
    home = directory / "revocation"
    home.mkdir()
    ledger = home / "ledger.db"
    filled(ledger, site, count)
    with guard(home, site, ledger) as found:
        return asyncio.run(_each(found, ledger, count))


async def _each(site: Site, ledger: Path, count: int) -> dict[str, float]:
    name = f"nightlatch-{site.url.rpartition(':')[2]}"
    statuses: list[tuple[int, int]] = []
    took: list[float] = []
    with contextlib.closing(open_writer(ledger)) as writer, contextlib.closing(open_reader(ledger)) as reader:
        async with Connection(site.url) as connection:
            for number in range(count):
                asked, at = ("Cookie", f"{name}={credential(number)}"), read_clock(reader)
                before = await connection.get(asked)
                writer.end(f"s{number}", End(at, "admin"), Event(EventType.SESSION_ENDED, at, f"s{number}"))
                begun = time.perf_counter()
                statuses.append((before, await connection.get(asked)))
                took.append(time.perf_counter() - begun)
    return {
        "ended": count,
        "let in after": sum(after == 200 for _, after in statuses),
        "refused before": sum(before != 200 for before, _ in statuses),
        "milliseconds": statistics.median(took) * 1000,
    }
