"""What the shared half of the ledgers asks of a connection, whichever database it leads to.

A statement is written once, in the SQL that SQLite and PostgreSQL have in common, with `?`, `?1` or `:name` for its
values; `sqlite3.Connection` is such a connection as it stands. The questions and changes are in several modules; what
they have in common is here.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol, TypeVar

from nightlatch.ledger.rows import Row

Value = TypeVar("Value")
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


class Reads(ABC):
    """Whatever can read rows."""

    @abstractmethod
    def _read(self, convert: Callable[[Row], Value], statement: str, *values: object) -> list[Value]:
        """What `convert` makes of each row that answers."""


class Writes(ABC):
    """Whatever has an open connection and makes changes whole."""

    _connection: Executes

    @abstractmethod
    def _change(self, *, durable: bool = True) -> AbstractContextManager[None]:
        """One transaction that nobody else's can come between: nothing that it read can have changed when it writes.
        `durable` waits for the disk; without it a power cut may take the last moments."""

    @abstractmethod
    def _looked_for(self, statement: str, *values: object) -> list[Row]:
        """Outside a transaction: what is there now."""
