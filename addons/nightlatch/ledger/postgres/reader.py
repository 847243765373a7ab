"""The reading half of the PostgreSQL ledger: every question is one statement, and so one round trip.

Knows what is particular to PostgreSQL; the questions themselves are in `questions`.
"""

from typing import Protocol

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.executing import Rows, Values
from nightlatch.ledger.gate_questions import FOREIGN
from nightlatch.ledger.port import Database, LedgerError
from nightlatch.ledger.postgres.gate import PostgresGate
from nightlatch.ledger.postgres.presence import RUNS, is_here, process_number
from nightlatch.ledger.postgres.remedies import explain
from nightlatch.ledger.postgres.tables import SCHEMA_VERSION
from nightlatch.ledger.questions import SqlReader, last_active


class Line(Protocol):
    """What questions go through: a connection, and how it comes back."""

    def execute(self, statement: str, values: Values = ()) -> Rows: ...
    def check(self) -> None: ...
    @property
    def version(self) -> str:
        """Of the server, as far as it was last reached."""

    def close(self) -> None: ...


class PostgresReader(PostgresGate, SqlReader):
    """`LedgerReader` on an open line."""

    ERRORS = (psycopg.Error, *FOREIGN)
    LAST_ACTIVE = (last_active(0), last_active(1))
    SCHEMA = SCHEMA_VERSION
    # What is free in it the server uses again, and gives back as it sees fit.
    SPACE = (
        "SELECT CAST(sum(pg_total_relation_size(c.oid)) AS bigint), 0, true FROM pg_class c "
        "WHERE c.relnamespace = CAST(current_schema() AS regnamespace) AND c.relkind = 'r'"
    )

    def __init__(self, line: Line, address: ServerAddress) -> None:
        super().__init__(line.execute, str(address))
        self._line, self._address = line, address

    def last_link(self) -> int:
        return int(self._ask("SELECT last_event FROM ledger")[0][0])

    def version(self) -> int:
        return int(self._ask("SELECT commits FROM ledger")[0][0])

    def still_there(self) -> None:
        self._line.check()

    def database(self) -> Database:
        return Database("PostgreSQL", self._line.version, self.SCHEMA)

    def process(self) -> int:
        return process_number()

    def runs(self, process: int) -> bool:
        return bool(self._ask(RUNS.format("?"), process))

    def is_here(self, process: int) -> bool:
        return is_here(process)

    def close(self) -> None:
        self._line.close()

    def _unreadable(self, error: Exception) -> LedgerError:
        return explain(self._address, error) if isinstance(error, psycopg.Error) else super()._unreadable(error)
