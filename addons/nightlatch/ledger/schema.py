"""Which schema a ledger file has, and whether this program can use it.

Knows the two numbers that SQLite keeps in a file's header and nothing of what is in the tables: `migrations` makes
those. Kept apart from it so that a command that only reads never loads sqlite-utils.
"""

import sqlite3
from pathlib import Path

from nightlatch.ledger.port import LedgerError

LEDGER_SCHEMA = 8
"""The schema that this program writes: how many migrations there are. Kept in the file as `user_version`."""

APPLICATION_ID = 0x6E6C6368
"""`nlch`, in the file's header as `application_id`: tells a ledger from somebody else's database."""

SQLITE_VERSION = sqlite3.sqlite_version
"""Of the library that is in use, for those who may not import it."""


def version_of(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of an open ledger; 0 for a database in which there is nothing yet.

    Raises:
        LedgerError: a database, but not a ledger; or newer than this program, which would not know what to write.
        sqlite3.Error: not a database, or it cannot be read.
    """
    (application,) = connection.execute("PRAGMA application_id").fetchone()
    if application == APPLICATION_ID:
        return _not_newer(connection.execute("PRAGMA user_version").fetchone()[0], path)
    if connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        raise LedgerError(f"{path} is a database, but not a ledger of nightlatch. Give another path with --ledger.")
    return 0


def _not_newer(version: int, path: Path) -> int:
    if version > LEDGER_SCHEMA:
        raise LedgerError(
            f"The ledger {path} was written by a newer nightlatch (schema {version}; this one knows {LEDGER_SCHEMA}). "
            "Upgrade nightlatch, or give another path with --ledger."
        )
    return version


def check_not_older(version: int, path: Path) -> None:
    """For a reader, which changes nothing and so cannot bring a ledger up to date.

    Raises:
        LedgerError: the schema is older than what this program reads.
    """
    if version < LEDGER_SCHEMA:
        raise LedgerError(
            f"The ledger {path} is of an older schema ({version}; this nightlatch reads {LEDGER_SCHEMA}). "
            "Start `nightlatch run` on it once: that brings it up to date."
        )
