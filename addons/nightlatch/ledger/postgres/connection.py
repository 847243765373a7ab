"""A connection to the server that never waits longer than it was told to, and what every one of them is set to.

Knows the driver and how long to be patient; no table.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple, TypeVar

import psycopg
from psycopg import RawCursor
from psycopg.abc import PQGen
from psycopg.conninfo import conninfo_to_dict
from psycopg.pq import TransactionStatus

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.executing import Rows, Values
from nightlatch.ledger.postgres import values
from nightlatch.ledger.postgres.dialect import translated
from nightlatch.ledger.postgres.remedies import Pooled, explain

T = TypeVar("T")
Row = tuple[Any, ...]


class Patience(NamedTuple):
    """How long is waited for what, in seconds. The server gives up first, and frees what it holds; the driver next,
    where the server is stopped, or gone without a word."""

    answer: float
    lock: float


ON_LOOP = Patience(0.7, 0.5)
"""For questions on the event loop: whatever becomes of the server, nothing is held up for longer than a second."""
AT_LEISURE = Patience(30, 5)
"""For commands, and threads of their own."""
WRITING = Patience(5, 1)
"""For changes: another process's are waited for a second, as with SQLite."""

_WHOLE = (TransactionStatus.IDLE, TransactionStatus.INTRANS, TransactionStatus.INERROR)
OLDEST = 14_00_00
"""The version of the server, as it counts itself."""
_TRANSACTIONS_END = 17_00_00
"""From here on a server can be set to end transactions by their age, whatever they wait for."""
_ARRIVED = "SELECT name, setting FROM pg_settings WHERE name IN ('search_path', 'statement_timeout', 'lock_timeout')"
_GRACE = 0.1
_CONNECT = 2
"""What libpq takes for the least."""
_KEEPALIVE = {"keepalives_idle": 5, "keepalives_interval": 2, "keepalives_count": 3, "tcp_user_timeout": 5000}
_SERVER = {"tcp_keepalives_idle": "10", "tcp_keepalives_interval": "5", "tcp_keepalives_count": "3"}
"""The server, too, finds out within half a minute that a machine has gone: its guards are no company any more."""
_IDLE = "5s"
"""How long a process that stopped in the middle of a change may keep everybody else from writing."""


class Wire(psycopg.Connection[Row]):
    """The driver's connection, which waits no longer than `patience` seconds for anything."""

    patience: float = AT_LEISURE.answer

    def wait(self, gen: PQGen[T], interval: float = 0.1, timeout: float | None = None) -> T:
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


class Way(NamedTuple):
    """How a connection reaches its server: at which address (or by the socket in which folder), what was asked of TLS
    as libpq calls it, and whether it has it."""

    host: str
    sslmode: str
    encrypted: bool


class Connection:
    """An open connection as the shared half of the ledgers uses it. Raises psycopg's errors; after one that may have
    left it half-way it is closed, and `is_open` false."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire
        self.version = _version(wire.info.server_version)
        """Of the server."""
        self.way = _way(wire)

    @property
    def is_open(self) -> bool:
        return not self._wire.closed

    @property
    def in_transaction(self) -> bool:
        return self._wire.pgconn.transaction_status in _WHOLE[1:]

    def execute(self, statement: str, values: Values = ()) -> Rows:
        """One statement of the shared kind."""
        asked = translated(statement)
        try:
            return self._wire.execute(asked.text, asked.ordered(values), binary=True)
        except psycopg.Error:
            self._drop_unless_whole()
            raise

    def executemany(self, statement: str, values: Iterable[Values]) -> Rows:
        """The same for each of `values`, without a round trip between them."""
        asked = translated(statement)
        try:
            cursor = self._wire.cursor()
            cursor.executemany(asked.text, [asked.ordered(each) for each in values])
            return cursor
        except psycopg.Error:
            self._drop_unless_whole()
            raise

    def script(self, statements: str) -> None:
        """Several statements without values in one round trip."""
        try:
            self._wire.execute(statements)
        except psycopg.Error:
            self._drop_unless_whole()
            raise

    @contextmanager
    def patiently(self) -> Iterator[None]:
        """Within it questions are waited for as long as it may take to connect: nobody waits for a connection that is
        being made."""
        before = self._wire.patience
        self._wire.patience = max(before, _CONNECT)
        try:
            yield
        finally:
            self._wire.patience = before

    def close(self) -> None:
        self._wire.close()

    def _drop_unless_whole(self) -> None:
        """After an error: whoever was left waiting cannot ask the next question on the same line."""
        if self._wire.pgconn.transaction_status not in _WHOLE:
            self._wire.close()


def connect(address: ServerAddress, patience: Patience, *, read_only: bool) -> Connection:
    """A new connection; takes two seconds at most for each address of the server.

    Raises:
        LedgerError: there is none to be had; the message names the remedy.
    """
    try:
        wire = Wire.connect(**_told(address, patience, read_only), autocommit=True, cursor_factory=RawCursor)
    except psycopg.Error as error:
        raise explain(address, error) from None
    try:
        _check(wire, address, patience)
    except psycopg.Error as error:
        wire.close()
        raise explain(address, error) from None
    wire.patience = patience.answer + _GRACE
    values.adapt(wire)
    return Connection(wire)


def _way(wire: Wire) -> Way:
    told = wire.info.get_parameters()
    return Way(wire.info.hostaddr or wire.info.host, told.get("sslmode", "prefer"), wire.pgconn.ssl_in_use)


def _version(number: int) -> str:
    """The version of a server as people write it: 150008 is 15.8."""
    return f"{number // 10_000}.{number % 10_000}"


def _check(wire: Wire, address: ServerAddress, patience: Patience) -> None:
    """Whether a server has what a ledger needs, and has taken what it was told.

    Raises:
        psycopg.Error: it has not, or does not answer.
    """
    if wire.info.server_version < OLDEST:
        major = wire.info.server_version // 10_000
        raise psycopg.NotSupportedError(f"it is PostgreSQL {major}: {OLDEST // 10_000} is needed")
    if wire.info.parameter_status("server_encoding") != "UTF8":
        raise psycopg.NotSupportedError("its encoding is not UTF8: createdb --encoding UTF8 --template template0")
    if dict(wire.execute(_ARRIVED).fetchall()) != _marks(address, patience):
        raise Pooled("search_path and timeouts of its sessions are not as nightlatch told it")
    if wire.info.server_version >= _TRANSACTIONS_END:
        wire.execute("SET transaction_timeout = 0")


def _marks(address: ServerAddress, patience: Patience) -> dict[str, str]:
    """What tells that a session is as it was asked for: in another schema a ledger would be mistaken for none, and made
    where it does not belong; and with others' sessions the lock by which guards know each other would be lost."""
    times = {"statement_timeout": f"{patience.answer * 1000:.0f}", "lock_timeout": f"{patience.lock * 1000:.0f}"}
    return {"search_path": address.schema, **times}


def gave_up(error: psycopg.Error) -> bool:
    """Whether the server did not answer in time: whoever asks again waits again."""
    return error.sqlstate is None and "timeout expired" in str(error)


def _told(address: ServerAddress, patience: Patience, read_only: bool) -> dict[str, Any]:
    """What libpq is told: what is in the URL, and of the rest what it does not say."""
    given = conninfo_to_dict(address.url)
    settings = {
        **_marks(address, patience),
        "idle_in_transaction_session_timeout": _IDLE,
        "idle_session_timeout": "0",
        "default_transaction_read_only": "on" if read_only else "off",
        "default_transaction_isolation": "read\\ committed",
        **_SERVER,
    }
    options = " ".join(f"-c {name}={value}" for name, value in settings.items())
    usual = {"connect_timeout": _CONNECT, "application_name": "nightlatch", **_KEEPALIVE}
    said = f"{given.get('options', '')} {options}".strip()
    return {**usual, **given, "options": said, "client_encoding": "UTF8"}
