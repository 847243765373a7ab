"""The writing half of the SQLite ledger: one immediate transaction a change, since a proxy and a CLI that write the
same ledger is normal.

Knows what is particular to SQLite, and what must be on disk when; the changes themselves are in `changes`.
"""

import contextlib
import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

from nightlatch.ledger.changes import SqlWriter
from nightlatch.ledger.files import Place, connect_writer, explained
from nightlatch.ledger.port import LedgerError, LedgerWriter

_SIZES = "SELECT page_size, freelist_count FROM pragma_page_size, pragma_freelist_count"


class SqliteWriter(SqlWriter):
    """`LedgerWriter` on an open connection."""

    NUMBERS = "SELECT value FROM json_each(:numbers)"

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection: sqlite3.Connection = connection
        self._path, self._place = path, Place(path)
        self._durable: bool | None = None

    def _explained(self) -> AbstractContextManager[None]:
        return explained(self._path)

    def _begin(self, durable: bool) -> None:
        """Immediate: it takes the write lock at once."""
        self._check_place()
        self._synchronise(durable)
        self._execute("BEGIN IMMEDIATE")

    @contextlib.contextmanager
    def _unbound(self) -> Iterator[None]:
        """The clock's rows name the events that told of them, and outlive these. Inside a transaction the setting has
        no effect."""
        self._execute("PRAGMA foreign_keys = OFF")
        try:
            yield
        finally:
            self._execute("PRAGMA foreign_keys = ON")

    def _synchronise(self, durable: bool) -> None:
        """The setting has no effect inside a transaction, and costs a little: only when it differs."""
        if durable is not self._durable:
            self._execute(f"PRAGMA synchronous = {'FULL' if durable else 'NORMAL'}")
            self._durable = durable

    def _check_place(self) -> None:
        """A file that was removed can still be written by whoever has it open, and nobody else would ever see it."""
        if not self._place.is_unchanged():
            which = f"{self._path} (or its -wal or -shm)"
            raise LedgerError(f"The ledger {which} was removed or replaced while in use. Restart nightlatch.")

    def shrink(self, limit: int) -> int:
        """Only a ledger that was made to: see `files`. The pages go off the file's end with the next checkpoint."""
        ((size, free),) = self._looked_for(_SIZES)
        if free:
            with self._change(durable=False):
                for _ in range(min(free, max(1, limit // size))):
                    self._connection.execute("PRAGMA incremental_vacuum(1)")  # Python stops after the first page
        ((_, left),) = self._looked_for(_SIZES)
        return int(size * (free - left))

    def compact(self) -> None:
        with self._explained():
            self._connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # takes hold with what follows
            self._connection.execute("VACUUM")
            self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        self._connection.close()


def open_writer(path: str | Path) -> LedgerWriter:
    """The writing half of the ledger at `path`, which is made, or brought up to date, first. To be used by one thread.

    Raises:
        LedgerError: a folder, not writable, locked, corrupt, somebody else's, newer than this program.
    """
    return SqliteWriter(connect_writer(Path(path)), Path(path))
