"""The writing half of the PostgreSQL ledger: one transaction a change, and one at a time, whoever writes.

Every change begins by counting itself in the ledger's one row of its own, which is locked from then on. So changes come
one after the other, as with SQLite: nothing that was read can have changed when something is written, no two wait for
each other, an event's id is the one after the last that was committed, and `version` never misses a late commit.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.changes import SqlWriter
from nightlatch.ledger.port import Guard
from nightlatch.ledger.postgres.connection import Connection, Patience, connect, gave_up
from nightlatch.ledger.postgres.presence import RUNS
from nightlatch.ledger.postgres.remedies import explain
from nightlatch.ledger.rows import Row

_COUNTED = "UPDATE ledger SET commits = commits + 1"
_DURABLY = f"BEGIN; {_COUNTED}"
_LOOSELY = f"BEGIN; SET LOCAL synchronous_commit = off; {_COUNTED}"
# What was the last event is known even when events are cut off the end of the trail.
_COMMIT = (
    "UPDATE ledger SET last_event = newest.id FROM (SELECT max(id) AS id FROM events) AS newest "
    "WHERE newest.id > last_event; COMMIT"
)
_TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename"
_HOURS = Patience(4 * 3600, 60)
_MAKE_WAY = f"DELETE FROM guards WHERE url = :url AND (pid = :pid OR NOT EXISTS ({RUNS.format('guards.pid')}))"


class PostgresWriter(SqlWriter):
    """`LedgerWriter` on an open connection, which is made anew when it broke."""

    NUMBERS = "SELECT CAST(value AS bigint) FROM json_array_elements_text(CAST(:numbers AS json))"

    def __init__(self, dial: Callable[[], Connection], address: ServerAddress) -> None:
        self._dial, self._address = dial, address
        self._connection: Connection = dial()

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            raise explain(self._address, error) from error

    def _begin(self, durable: bool) -> None:
        """A server that was restarted since the last change is asked anew, once: nothing has been changed yet."""
        begin = _DURABLY if durable else _LOOSELY
        if self._connection.is_open:
            try:
                return self._connection.script(begin)
            except psycopg.OperationalError as error:
                if self._connection.is_open or gave_up(error):
                    raise
        self._connection = self._dial()
        self._connection.script(begin)

    def _commit(self) -> None:
        self._connection.script(_COMMIT)

    def _looked_for(self, statement: str, *values: object) -> list[Row]:
        with self._explained():
            if not self._connection.is_open:
                self._connection = self._dial()
            return self._connection.execute(statement, values).fetchall()

    def shrink(self, limit: int) -> int:
        return 0  # the server's autovacuum sees to that

    def compact(self) -> None:
        with self._explained():
            tables = self._looked_for(_TABLES)
        connection = connect(self._address, _HOURS, read_only=False)
        try:
            with self._explained():
                for (table,) in tables:
                    connection.script(f"VACUUM FULL {table}")
        finally:
            connection.close()

    def _unbound(self) -> AbstractContextManager[None]:
        return nullcontext()  # no row is bound to an event here

    def _make_way(self, guard: Guard) -> None:
        """Guards on several machines may well have the same URL: only one that has gone makes way."""
        self._execute(_MAKE_WAY, {"url": guard.url, "pid": guard.pid})

    def close(self) -> None:
        self._connection.close()
