"""What the shared half of the ledgers asks of a connection, whichever database it leads to.

A statement is written once, in the SQL that SQLite and PostgreSQL have in common, with `?`, `?1` or `:name` for its
values; `sqlite3.Connection` is such a connection as it stands.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]


class Rows(Protocol):
    """What a statement brought."""

    @property
    def rowcount(self) -> int:
        """How many rows it changed."""

    def fetchone(self) -> Any:
        """The next row; None after the last."""

    def fetchall(self) -> list[Any]:
        """The rows that are left."""


class Executes(Protocol):
    """An open connection."""

    @property
    def in_transaction(self) -> bool: ...
    def execute(self, statement: str, values: Values = (), /) -> Rows: ...
    def executemany(self, statement: str, values: Iterable[Values], /) -> Rows: ...
    def close(self) -> None: ...
