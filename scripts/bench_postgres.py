"""A ledger in PostgreSQL against one in SQLite: what the question costs that every request asks, and what is left of a
guard's requests per second. The server is one of the benchmark's own, on a Unix socket, and waits for its disk."""

import contextlib
import statistics
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

from scripts.bench_ledger import credential
from scripts.bench_load import Load, interleaved, load
from scripts.bench_processes import Site, guard, logged_in, stock
from tests.ledger.postgres.server import Server, a_server, binaries

from nightlatch.clock import read_clock
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.port import LedgerReader

SESSIONS = 200
LOOKS = 2_000
"""Questions a round."""


def is_there() -> bool:
    """Whether there is a server to be started."""
    return binaries() is not None


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """One that waits for its disk, as others do."""
    with a_server(fsync="on") as found:
        yield found


def looks(server: Server, folder: Path, site: str, rounds: int) -> Mapping[str, float]:
    """Microseconds for `look`, and of CPU time of this process, medians of interleaved rounds, by ledger."""
    with contextlib.ExitStack() as stack:
        places = {"sqlite": str(folder / "looks.db"), "postgres": server.url("looks")}
        asked = {name: stack.enter_context(_filled(place, site)) for name, place in places.items()}
        took: dict[str, list[tuple[float, float]]] = {name: [] for name in places}
        for number in range(rounds):
            for name in [*places] if number % 2 == 0 else [*reversed(places)]:
                took[name].append(_look(*asked[name]))
    wall = {name: statistics.median(each for each, _ in rounds) for name, rounds in took.items()}
    return wall | {f"{name} cpu": statistics.median(cpu for _, cpu in rounds) for name, rounds in took.items()}


@contextlib.contextmanager
def _filled(ledger: str, site: str) -> Iterator[tuple[LedgerReader, list[bytes]]]:
    """A ledger with some sessions, and their fingerprints."""
    with contextlib.closing(open_writer(ledger)) as writer, contextlib.closing(_reader(ledger)) as reader:
        now, key = read_clock(reader), reader.key()
        marks = [fingerprint(key, site, "nightlatch", credential(number)) for number in range(SESSIONS)]
        for number, mark in enumerate(marks):
            writer.create(Session(f"s{number}", site, "alice", "nightlatch", now, now, now, now), mark, ())
        yield reader, marks


def _reader(ledger: str) -> LedgerReader:
    return open_reader(ledger, on_loop=True)


def _look(reader: LedgerReader, marks: list[bytes]) -> tuple[float, float]:
    begun, worked = time.perf_counter(), time.process_time()
    for number in range(LOOKS):
        reader.look(marks[number % SESSIONS])
    took = time.perf_counter() - begun, time.process_time() - worked
    return took[0] / LOOKS * 1_000_000, took[1] / LOOKS * 1_000_000


def loads(server: Server, folder: Path, site: str, connections: int, rounds: int, seconds: float) -> dict[str, Load]:
    """What stock mitmdump and a guard on each of the ledgers do under load."""
    (folder / "far").mkdir(parents=True)
    with (
        stock(folder, site) as plain,
        guard(folder, site, folder / "load.db") as near,
        guard(folder / "far", site, server.url(str(folder))) as far,
    ):
        sites: tuple[Site, ...] = (
            plain,
            logged_in(near)._replace(name="sqlite"),
            logged_in(far)._replace(name="postgres"),
        )
        return interleaved(sites, lambda each: load(each, connections, seconds), rounds)
