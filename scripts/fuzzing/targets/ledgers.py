"""Ledgers that somebody edited: rows of foreign origin are refused as such, whatever is asked."""

import sqlite3
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Target, Targets, holds
from scripts.fuzzing.targets.captures import judged
from tests.ledger.samples import SITE, T0, a_decision, a_finding, a_guard, a_session, an_event, timeout

from nightlatch.core.events import EventType
from nightlatch.core.session_json import session_document
from nightlatch.core.warp import Warp
from nightlatch.explain.document import explanation
from nightlatch.explain.evidence import gather
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.reader import SqliteReader
from nightlatch.ledger.writer import open_writer
from nightlatch.presets import load_policy
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.ledger_file import read_ledger
from nightlatch.replay.readers.views import Views

_FINGERPRINT = b"f" * 16
_POLICY = load_policy("default")
_VALUES: Mapping[bytes, Callable[[bytes], Any]] = {
    b"text": lambda text: text.decode("utf-8", "replace"),
    b"blob": lambda text: text,
    b"int": lambda text: int.from_bytes(text[:8], "big", signed=True),
    b"at": lambda text: T0 + len(text),
    b"real": lambda text: float(len(text)) - 2.5,
    b"null": lambda _: None,
}


@cache
def _made() -> Path:
    """A ledger with something in every table."""
    path = fresh() / "ledger.db"
    writer = open_writer(path)
    writer.policy("default", "v1", _POLICY.text, T0)
    writer.announce(a_guard("http://127.0.0.1:8080"))
    writer.create(a_session("s1"), _FINGERPRINT, [an_event()])
    writer.create(a_session("s2", groups=("admins",), remembered=True), b"g" * 16, [an_event(session="s2")])
    writer.end("s2", timeout(T0 + 10**9), an_event(EventType.SESSION_EXPIRED, T0 + 10**9, session="s2"))
    writer.log([a_decision("d1"), a_decision("d2", "s2", at=T0 + 5, verdict="expired", clock="idle", limit=5)])
    writer.raise_alert(a_finding(), "alert", "v1")
    writer.warp(Warp().advance(T0, 60_000_000), an_event(EventType.CLOCK_WARPED, T0, session=None, detail={"by": 5}))
    writer.close()
    return path


@cache
def _database() -> tuple[sqlite3.Connection, tuple[tuple[str, str], ...]]:
    """The same in memory, and all its columns."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    source = sqlite3.connect(_made())
    source.backup(connection)
    source.close()
    named = "SELECT m.name, i.name FROM sqlite_master m JOIN pragma_table_info(m.name) i WHERE m.type = 'table'"
    return connection, tuple(connection.execute(f"{named} AND m.name NOT LIKE 'sqlite%' ORDER BY 1, 2").fetchall())


def _edit(connection: sqlite3.Connection, columns: tuple[tuple[str, str], ...], line: bytes) -> None:
    """One UPDATE: `TABLE.COLUMN KIND ROW VALUE`."""
    name, kind, number, text = (line.split(b" ", 3) + [b""] * 4)[:4]
    table, _, column = name.decode("utf-8", "replace").partition(".")
    rows = connection.execute(f'SELECT rowid FROM "{table}"').fetchall() if (table, column) in columns else []
    if rows and kind in _VALUES:
        row = rows[len(number) % len(rows)]
        connection.execute(f'UPDATE "{table}" SET "{column}" = ? WHERE rowid = ?', (_VALUES[kind](text), *row))


def edited(content: bytes) -> None:
    """Lines, each of which is one edit; then everything is asked that is ever asked."""
    connection, columns = _database()
    connection.execute("BEGIN")
    try:
        for line in content.split(b"\n")[:4]:
            _edit(connection, columns, line)
        for ask in _QUESTIONS:
            _asked(ask, SqliteReader(connection, Path("ledger.db")))
    except (sqlite3.IntegrityError, sqlite3.OperationalError):
        return
    finally:
        connection.execute("ROLLBACK")


def _asked(ask: Callable[[SqliteReader], Any], reader: SqliteReader) -> None:
    try:
        ask(reader)
    except LedgerError as problem:
        holds("ledger" in str(problem), f"no place: {problem}")


def _explained(reader: SqliteReader) -> None:
    for session in reader.sessions():
        explanation((), None, gather(reader, session), _POLICY, T0)


_QUESTIONS: tuple[Callable[[SqliteReader], Any], ...] = (
    lambda reader: reader.look(_FINGERPRINT),
    lambda reader: [session_document(each, _POLICY, T0) for each in reader.sessions()],
    lambda reader: reader.key(),
    lambda reader: reader.warp().at(T0 + 5),
    lambda reader: reader.horizon(),
    lambda reader: list(reader.idle_since(SITE, active_before=T0 * 2, authenticated_before=T0 * 2, at_once=100)),
    lambda reader: list(reader.events()),
    lambda reader: verify_chain(reader),
    lambda reader: list(reader.decision_log()),
    lambda reader: reader.guards(),
    lambda reader: reader.facts(),
    lambda reader: reader.changes(0),
    lambda reader: reader.alerts(),
    lambda reader: reader.backlogs(),
    lambda reader: reader.policy_changes(),
    lambda reader: reader.policies(),
    lambda reader: reader.holds(),
    _explained,
)


@cache
def _pages() -> tuple[bytearray, Path]:
    plain = sqlite3.connect(_made())
    plain.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    plain.close()
    return bytearray(_made().read_bytes()), fresh() / "ledger.db"


def damaged(content: bytes) -> None:
    """`OFFSET` in three bytes and what stands there, as often as there are lines: a file with other bytes in it."""
    good, path = _pages()
    file = bytearray(good)
    for line in content.split(b"\n")[:8]:
        at = int.from_bytes(line[:3], "big") % len(file)
        file[at : at + len(line) - 3] = line[3:]
    path.write_bytes(file)
    for leftover in ("-wal", "-shm"):
        Path(f"{path}{leftover}").unlink(missing_ok=True)
    try:
        judged(read_ledger(path, Views()))
    except CaptureUnreadable as problem:
        holds("ledger.db" in str(problem), f"no place: {problem}")


def _edits() -> Iterator[bytes]:
    """Every column, with a value of every kind, in the first row and the second."""
    for table, column in _database()[1]:
        yield from (
            f"{table}.{column} {kind} {row} x".encode() for kind in ("text", "blob", "int") for row in ("0", "11")
        )
        yield from (f"{table}.{column} {kind} 0 9".encode() for kind in ("real", "null", "at"))


TARGETS: Targets = {
    "rows": Target(
        edited,
        tuple(_edits()),
        (b"[]", b"{}", b"[1]", b"null", b"active", b"ended", b"\n", b" text ", b" int ", b" blob ", b" null 1"),
        0.1,
        False,
    ),
    "pages": Target(
        damaged,
        tuple((at * 397).to_bytes(3, "big") + b"\xff\x00" * 4 for at in range(60)),
        (b"\0" * 8, b"\xff" * 8, b"[", b"\n"),
        0.02,
        False,
    ),
}
