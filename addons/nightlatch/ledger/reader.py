"""The reading half of the SQLite ledger: answers on the event loop, sees every commit at once, waits for no writer.

Knows what is particular to SQLite; the questions themselves are in `questions`.
"""

import os
import sqlite3
from pathlib import Path

from nightlatch.ledger.files import Place, connect_reader
from nightlatch.ledger.gate_read import SqliteGate
from nightlatch.ledger.port import Database, LedgerError, LedgerReader
from nightlatch.ledger.processes import alive
from nightlatch.ledger.questions import SqlReader, last_active
from nightlatch.ledger.schema import LEDGER_SCHEMA, SQLITE_VERSION

_LAST_ACTIVE = last_active(0, "INDEXED BY sessions_live_by_activity")
_LAST_REMEMBERED = last_active(1, "INDEXED BY sessions_remembered_by_activity")


class SqliteReader(SqliteGate, SqlReader):
    """`LedgerReader` on an open connection."""

    LAST_ACTIVE = (_LAST_ACTIVE, _LAST_REMEMBERED)
    SCHEMA = LEDGER_SCHEMA
    SPACE = (
        "SELECT page_count * page_size, freelist_count * page_size, auto_vacuum <> 0 "
        "FROM pragma_page_count, pragma_page_size, pragma_freelist_count, pragma_auto_vacuum"
    )

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection, path)
        self._place = Place(path)

    def last_link(self) -> int:
        found = self._ask("SELECT seq FROM sqlite_sequence WHERE name = 'events'")
        return int(found[0][0]) if found else 0

    def version(self) -> int:
        return int(self._ask("PRAGMA data_version")[0][0])

    def close(self) -> None:
        self._connection.close()

    def still_there(self) -> None:
        if not self._place.is_unchanged():
            which = f"{self._path} (or its -wal or -shm)"
            raise LedgerError(f"the ledger {which} was deleted or replaced while in use; start nightlatch anew")

    def database(self) -> Database:
        return Database("SQLite", SQLITE_VERSION, self.SCHEMA)

    def process(self) -> int:
        return os.getpid()

    def runs(self, process: int) -> bool:
        return alive(process)

    def is_here(self, process: int) -> bool:
        return True  # a file is shared by the processes of one machine


def open_reader(path: str | Path) -> LedgerReader:
    """The reading half of the ledger at `path`.

    Raises:
        LedgerError: no ledger there (the message names the remedy), a folder, unreadable, corrupt, newer.
    """
    return SqliteReader(connect_reader(Path(path)), Path(path))
