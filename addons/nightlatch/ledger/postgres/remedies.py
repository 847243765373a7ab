"""What went wrong at the server, in words that name the place and the remedy, and never a password.

Knows the driver's errors; knows nothing of what the tables mean.
"""

import psycopg
from psycopg import errors

from nightlatch.ledger.address import HIDDEN, ServerAddress
from nightlatch.ledger.port import LedgerError


class Pooled(psycopg.NotSupportedError):
    """Somebody stands between this program and the server who hands out connections, and swallows what is set."""


_FOREIGN = "is being changed by another program as well. Leave its tables to nightlatch."
_REMEDIES: tuple[tuple[type[psycopg.Error], str], ...] = (
    (errors.InvalidPassword, "does not take this user's password: check the URL, PGPASSWORD or ~/.pgpass."),
    (errors.InvalidAuthorizationSpecification, "does not let this user in: check the user and pg_hba.conf."),
    (errors.InvalidCatalogName, "has no such database: createdb it first."),
    (errors.InsufficientPrivilege, "refuses this user: grant it the schema (see docs/postgresql.md)."),
    (errors.UndefinedTable, "lacks a table of the ledger: restore it, or name another schema with ?schema=."),
    (errors.InvalidSchemaName, "lacks the ledger's schema: restore it, or name another with ?schema=."),
    (errors.LockNotAvailable, "is locked by another program. End that program's transaction and try again."),
    (errors.SerializationFailure, _FOREIGN),
    (errors.DeadlockDetected, _FOREIGN),
    (errors.ReadOnlySqlTransaction, "is read-only, a standby perhaps: name the primary, or target_session_attrs."),
    (errors.DiskFull, "is on a disk that is full. Make room and try again."),
    (errors.TooManyConnections, "takes no more connections: end some, or raise max_connections or CONNECTION LIMIT."),
    (errors.QueryCanceled, "took too long to answer: look what keeps the server busy."),
    (
        errors.AdminShutdown,
        "ended the connection: if it was shut down, start it again; nightlatch comes back by itself.",
    ),
    (
        errors.IdleInTransactionSessionTimeout,
        "gave up on nightlatch, which had stood still: look at its machine.",
    ),
    (errors.CannotConnectNow, "is starting or stopping: nightlatch comes back by itself."),
    (errors.UndefinedFile, "has lost a file: restore a backup."),
    (errors.DataCorrupted, "is damaged: restore a backup."),
    (errors.IndexCorrupted, "is damaged: restore a backup."),
    (Pooled, "is behind a pooler (pgbouncer or the like): name the server itself (see docs/postgresql.md)."),
)
# Of a connection that was never made libpq keeps the words only, which are the server's and in its language.
_WORDS = (
    ("unsupported startup parameter", Pooled),
    ("too many connections", errors.TooManyConnections),
    ("shutting down", errors.CannotConnectNow),
    ("starting up", errors.CannotConnectNow),
    ("recovery", errors.CannotConnectNow),
    ("not yet accepting", errors.CannotConnectNow),
    ("password", errors.InvalidPassword),
    ("pg_hba.conf", errors.InvalidAuthorizationSpecification),
    ('role "', errors.InvalidAuthorizationSpecification),
    ('database "', errors.InvalidCatalogName),
    ("too many clients", errors.TooManyConnections),
    ("connection slots", errors.TooManyConnections),
)
_UNREACHABLE = (
    "cannot be reached or does not answer: start the server or mend the way to it; nightlatch comes back by itself."
)
_OTHERWISE = "is not usable. Mend it, or give another with --ledger."


def explain(address: ServerAddress, error: Exception) -> LedgerError:
    """`error`, met while using the ledger at `address`, as one that names the place and the remedy."""
    met = type(error) if getattr(error, "sqlstate", None) else _by_words(error)
    known = (remedy for kind, remedy in _REMEDIES if issubclass(met, kind))
    remedy = next(known, _UNREACHABLE if lost(error) else _OTHERWISE)
    return LedgerError(f"The ledger {address} {remedy} ({without_secrets(address, ' '.join(str(error).split()))})")


def _by_words(error: Exception) -> type[Exception]:
    _, refused, why = str(error).partition("FATAL:")
    return next((kind for words, kind in _WORDS if refused and words in why), type(error))


def lost(error: Exception) -> bool:
    """Whether the connection is not to be used any more after `error`: it broke, or nobody answered in time."""
    return isinstance(error, psycopg.OperationalError | psycopg.InterfaceError)


def without_secrets(address: ServerAddress, text: str) -> str:
    """`text`, of the driver's or the server's making, without the passwords of `address`."""
    for secret in address.secrets:
        text = text.replace(secret, HIDDEN)
    return text
