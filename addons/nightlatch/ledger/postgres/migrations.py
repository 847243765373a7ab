"""Making a PostgreSQL ledger, and bringing one up to date: all of it in one transaction, and one process at a time.

Knows which migrations there are and how to tell a ledger from somebody else's tables; `tables` knows what they do.
"""

import secrets

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres.connection import Connection
from nightlatch.ledger.postgres.tables import MIGRATIONS, SCHEMA_VERSION

# Two guards that start at once: the second waits, and finds everything done.
ALONE = "SELECT pg_advisory_xact_lock(hashtextextended('nightlatch: migrations', 0))"
_SCHEMA = "SELECT 1 FROM pg_namespace WHERE nspname = ?"
_TABLES = (
    "SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace "
    "WHERE n.nspname = ? AND c.relkind IN ('r', 'v', 'm', 'p')"
)
_UNSEEN = "SELECT 1 FROM pg_namespace WHERE nspname = ? AND NOT has_schema_privilege(oid, 'USAGE')"
_KEY = "INSERT INTO settings (name, value) VALUES ('key', ?) ON CONFLICT (name) DO NOTHING"


def migrate(connection: Connection, address: ServerAddress) -> None:
    """Bring the ledger at `address` up to `SCHEMA_VERSION`; a schema that is not there is made.

    Raises:
        LedgerError: somebody else's tables, or a newer schema.
        psycopg.Error: not writable, or the connection broke.
    """
    if version_of(connection, address) == SCHEMA_VERSION:
        return
    connection.script(f"BEGIN; SET LOCAL statement_timeout = 0; {ALONE}")
    try:
        _bring_up(connection, address)
        connection.script("COMMIT")
    finally:
        if connection.in_transaction:
            connection.script("ROLLBACK")


def version_of(connection: Connection, address: ServerAddress) -> int:
    """The schema of the ledger at `address`; 0 where there is nothing yet.

    Raises:
        LedgerError: tables, but not a ledger's; or newer than this program, which would not know what to write.
    """
    tables = {name for (name,) in connection.execute(_TABLES, (address.schema,)).fetchall()}
    if not tables:
        return 0
    refuse_unseen(connection, address)
    if not {"ledger", "sessions", "events"} <= tables:
        raise LedgerError(
            f"The schema {address.schema} of {address} has tables, but no ledger of nightlatch. Name another: ?schema=…"
        )
    (version,) = connection.execute("SELECT schema FROM ledger").fetchone()
    if version > SCHEMA_VERSION:
        raise LedgerError(
            f"The ledger {address} was written by a newer nightlatch (schema {version}; this one knows "
            f"{SCHEMA_VERSION}). Upgrade nightlatch, or give another with --ledger."
        )
    return int(version)


def refuse_unseen(connection: Connection, address: ServerAddress) -> None:
    """A schema that this user may not look into seems empty, and is not.

    Raises:
        InsufficientPrivilege: it is one.
    """
    if connection.execute(_UNSEEN, (address.schema,)).fetchall():
        raise psycopg.errors.InsufficientPrivilege(f"permission denied for schema {address.schema}")


def _bring_up(connection: Connection, address: ServerAddress) -> None:
    """Within the transaction, alone."""
    if not connection.execute(_SCHEMA, (address.schema,)).fetchall():
        connection.script(f"CREATE SCHEMA {address.schema}")
    for migration in MIGRATIONS[version_of(connection, address) :]:
        connection.script(";\n".join(migration()))
    connection.execute(_KEY, (secrets.token_bytes(32),))
    connection.execute("UPDATE ledger SET schema = ?", (SCHEMA_VERSION,))
