"""What the gate costs per allowed request with few and with many sessions in the ledger."""

import contextlib
import json
import random
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from scripts.bench_load import load
from scripts.bench_processes import ROOT, Command, Site, guard

from nightlatch.clock import read_clock
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

ASKED = 5_000
"""How many of the sessions are asked for, so that the ledger's pages are not all in the processor's cache."""

TIMED = ROOT / "scripts" / "bench_timed_guard.py"


def filled(ledger: Path, site: str, count: int) -> list[str]:
    """Make a ledger with `count` live sessions of `site`; the credentials of some of them."""
    writer, names = open_writer(ledger), [f"session-{number}" for number in range(count)]
    reader = open_reader(ledger)
    now, key = read_clock(reader), reader.key()
    reader.close()
    marks = [fingerprint(key, site, "nightlatch", name) for name in names]
    writer.create(Session("s0", site, "alice", "nightlatch", now, now, now, now), marks[0], ())
    writer.close()
    with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
        rows = [(number, f"s{number}") for number in range(2, count + 1)]
        _multiply(connection, "sessions", ("number", "id"), rows)
        _multiply(
            connection,
            "credentials",
            ("fingerprint", "session"),
            list(zip(marks[1:], range(2, count + 1), strict=True)),
        )
    return random.Random(1).sample(names, min(ASKED, count))


def _multiply(
    connection: sqlite3.Connection, table: str, own: Sequence[str], rows: Sequence[tuple[object, ...]]
) -> None:
    """Add copies of the only row of `table`, each with `own` columns of its own."""
    columns = [row[1] for row in connection.execute(f"PRAGMA table_info({table})")]
    found = connection.execute(f"SELECT {', '.join(columns)} FROM {table}").fetchone()
    values = [
        f"?{own.index(column) + 1}" if column in own else _literal(found[at]) for at, column in enumerate(columns)
    ]
    connection.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(values)})", rows)


def _literal(value: object) -> str:
    return "NULL" if value is None else repr(value)


def cost(directory: Path, site: str, sizes: Sequence[int], rounds: int, seconds: float) -> dict[str, float]:
    """The median time of the gate's hook by the number of sessions, microseconds; the guards take turns."""
    with contextlib.ExitStack() as stack:
        guards = []
        for size in sizes:
            home = directory / f"sessions-{size}"
            home.mkdir()
            cookies = filled(home / "ledger.db", site, size)
            command: Command = [sys.executable, TIMED, home / "gate.json"]
            found = stack.enter_context(guard(home, site, home / "ledger.db", command))
            guards.append((found, _cookie_file(home, found, cookies)))
        for _ in range(rounds):
            for found, cookies_of in guards:
                load(found, 1, seconds, cookies_of)
    told = {size: json.loads((directory / f"sessions-{size}" / "gate.json").read_text()) for size in sizes}
    return {f"{hook} {size}": medians[hook] for size, medians in told.items() for hook in medians}


def _cookie_file(home: Path, site: Site, names: Sequence[str]) -> Path:
    """Cookie headers of the sessions, one a line."""
    port = site.url.rpartition(":")[2]
    path = home / "cookies.txt"
    path.write_text("".join(f"nightlatch-{port}={name}\n" for name in names))
    return path
