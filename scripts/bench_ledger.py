"""Ledgers with very many live sessions, made in seconds: the first is written as ever, the others are its copies."""

import contextlib
import random
import sqlite3
from collections.abc import Sequence
from pathlib import Path

from nightlatch.clock import read_clock
from nightlatch.core.session import Session
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer

ASKED = 5_000
"""How many of the sessions are asked for, so that the ledger's pages are not all in the processor's cache."""


def filled(ledger: Path, site: str, count: int) -> list[str]:
    """Make a ledger with `count` live sessions of `site`, `s0` and so on; the credentials of some of them."""
    writer, names = open_writer(ledger), [credential(number) for number in range(count)]
    reader = open_reader(ledger)
    now, key = read_clock(reader), reader.key()
    reader.close()
    marks = [fingerprint(key, site, "nightlatch", name) for name in names]
    writer.create(Session("s0", site, "alice", "nightlatch", now, now, now, now), marks[0], ())
    writer.close()
    with contextlib.closing(sqlite3.connect(ledger)) as connection, connection:
        sessions = [(number, f"s{number - 1}") for number in range(2, count + 1)]
        credentials = list(zip(marks[1:], range(2, count + 1), strict=True))
        _multiply(connection, "sessions", ("number", "id"), sessions)
        _multiply(connection, "credentials", ("fingerprint", "session"), credentials)
    return random.Random(1).sample(names, min(ASKED, count))


def credential(number: int) -> str:
    """The credential of the session `s{number}`."""
    return f"session-{number}"


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
