"""Opening a ledger in a PostgreSQL database: which schema it is in, whether this program can use it, and whether what
is found after a lost connection is still the same ledger.
"""

from collections.abc import Callable

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.ledger.postgres.connection import AT_LEISURE, ON_LOOP, WRITING, Connection, Patience, connect
from nightlatch.ledger.postgres.gate import PRESSING
from nightlatch.ledger.postgres.lines import LoopLine, PatientLine
from nightlatch.ledger.postgres.migrations import migrate, refuse_unseen
from nightlatch.ledger.postgres.presence import HOLD, process_number
from nightlatch.ledger.postgres.reader import PostgresReader
from nightlatch.ledger.postgres.remedies import explain
from nightlatch.ledger.postgres.tables import SCHEMA_VERSION
from nightlatch.ledger.postgres.writer import PostgresWriter

_WHAT = "SELECT (SELECT schema FROM ledger), (SELECT value FROM settings WHERE name = 'key')"
# What a server is set to beyond `on` is left alone; what it is set to below would lose what was acknowledged.
_DURABLE = (
    "SELECT set_config('synchronous_commit', 'on', false) "
    "WHERE current_setting('synchronous_commit') NOT IN ('on', 'remote_apply')"
)
_MISSING = (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName)


def open_reader(address: ServerAddress, *, on_loop: bool) -> LedgerReader:
    """The reading half of the ledger at `address`.

    Raises:
        LedgerError: no ledger there (the message names the remedy), not to be reached, newer or older.
    """
    if on_loop:
        return PostgresReader(LoopLine(_Dialling(address, ON_LOOP), address, PRESSING), address)
    return PostgresReader(PatientLine(_Dialling(address, AT_LEISURE)), address)


def open_writer(address: ServerAddress) -> LedgerWriter:
    """The writing half of the ledger at `address`, which is made, or brought up to date, first. To be used by one
    thread.

    Raises:
        LedgerError: not to be reached, not writable, somebody else's, newer than this program.
    """
    bring_up_to_date(address)
    return PostgresWriter(_Dialling(address, WRITING, _set_up), address)


def bring_up_to_date(address: ServerAddress) -> None:
    """Make the ledger, or change it to this program's schema.

    Raises:
        LedgerError: not to be reached, not writable, somebody else's, newer than this program.
    """
    connection = connect(address, AT_LEISURE, read_only=False)
    try:
        migrate(connection, address)
    except psycopg.Error as error:
        raise explain(address, error) from error
    finally:
        connection.close()


def _set_up(connection: Connection) -> None:
    connection.script(f"{_DURABLE}; {HOLD.format(process_number())}")


class _Dialling:
    """Connects to the same ledger again and again."""

    def __init__(
        self, address: ServerAddress, patience: Patience, set_up: Callable[[Connection], None] | None = None
    ) -> None:
        self._address, self._patience, self._set_up = address, patience, set_up
        self._key: bytes | None = None

    def __call__(self) -> Connection:
        """A new connection.

        Raises:
            LedgerError: there is none to be had, or it leads to another ledger than before.
        """
        connection = connect(self._address, self._patience, read_only=self._set_up is None)
        try:
            with connection.patiently():
                self._look_at(connection)
                if self._set_up is not None:
                    self._set_up(connection)
        except psycopg.Error as error:
            connection.close()
            raise explain(self._address, error) from error
        except BaseException:
            connection.close()
            raise
        return connection

    def _look_at(self, connection: Connection) -> None:
        try:
            ((schema, key),) = connection.execute(_WHAT).fetchall()
        except _MISSING as error:
            refuse_unseen(connection, self._address)
            raise self._none() from error
        check_schema(schema, self._address)
        if self._key is None:
            self._key = key
        elif self._key != key:
            raise LedgerError(f"The ledger {self._address} was replaced while in use. Restart nightlatch.")

    def _none(self) -> LedgerError:
        if self._key is not None:
            return LedgerError(f"The ledger {self._address} was removed while in use. Restart nightlatch.")
        return LedgerError(
            f"There is no ledger at {self._address}. Start `nightlatch run UPSTREAM` on it, or give one with --ledger."
        )


def check_schema(schema: int, address: ServerAddress) -> None:
    """Whether this program can use a ledger of that schema.

    Raises:
        LedgerError: newer than this program, which would not know what to write; or older.
    """
    if schema > SCHEMA_VERSION:
        raise LedgerError(
            f"The ledger {address} was written by a newer nightlatch (schema {schema}; this one knows "
            f"{SCHEMA_VERSION}). Upgrade nightlatch, or give another with --ledger."
        )
    if schema < SCHEMA_VERSION:
        raise LedgerError(
            f"The ledger {address} is of an older schema ({schema}; this nightlatch reads {SCHEMA_VERSION}). "
            "Start `nightlatch run` on it once: that brings it up to date."
        )
