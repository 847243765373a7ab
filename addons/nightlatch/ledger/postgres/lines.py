"""How a connection comes back after it broke: at once for whoever may wait, on a thread for the event loop.

Knows nothing of what is asked. Until the connection is back every question fails at once, with the reason.
"""

import threading
from collections.abc import Callable, Collection

import psycopg

from nightlatch.ledger.address import ServerAddress
from nightlatch.ledger.executing import Rows, Values
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.postgres.connection import Connection
from nightlatch.ledger.postgres.remedies import explain

Dial = Callable[[], Connection]

Question = tuple[str, Values]
_WAITED = (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled)
"""What ends a wait and leaves the connection whole: whoever asks next would wait as long again."""

AGAIN = (0.1, 0.25, 0.5, 1.0)
"""Seconds before the next attempts to connect; from then on the last of them."""


class PatientLine:
    """For commands and threads of their own: connects anew when it is next asked."""

    def __init__(self, dial: Dial) -> None:
        self._dial = dial
        self._connection = dial()

    def execute(self, statement: str, values: Values = ()) -> Rows:
        if not self._connection.is_open:
            self._connection = self._dial()
        return self._connection.execute(statement, values)

    def check(self) -> None:
        """Whoever asks will see."""

    @property
    def version(self) -> str:
        return self._connection.version

    def close(self) -> None:
        self._connection.close()


class LoopLine:
    """For the event loop: a question that fails costs one wait, and those after it none."""

    def __init__(self, dial: Dial, address: ServerAddress, pressing: Collection[str] = ()) -> None:
        """`pressing`: the statements that every request waits for. One that was waited for in vain is asked again on a
        thread, and until it is answered there nobody waits for it here."""
        self._dial, self._address, self._pressing = dial, address, pressing
        self._connection = dial()
        self._broken: LedgerError | None = None
        self._closing = threading.Event()
        self._lock = threading.Lock()

    def execute(self, statement: str, values: Values = ()) -> Rows:
        self.check()
        connection = self._connection
        try:
            return connection.execute(statement, values)
        except psycopg.Error as error:
            if not connection.is_open:
                self._break(connection, error)
            elif statement in self._pressing and isinstance(error, _WAITED):
                self._break(connection, error, (statement, values))
            raise

    def check(self) -> None:
        if self._broken is not None:
            raise self._broken

    @property
    def version(self) -> str:
        return self._connection.version

    def close(self) -> None:
        with self._lock:
            self._closing.set()
            self._connection.close()

    def _break(self, connection: Connection, error: psycopg.Error, question: Question | None = None) -> None:
        """Have a thread bring the connection back; where a `question` was waited for in vain, once it is answered."""
        with self._lock:
            if self._broken is not None or connection is not self._connection:
                return
            self._broken = explain(self._address, error)
        threading.Thread(target=self._come_back, args=(question,), name="nightlatch-redial", daemon=True).start()

    def _come_back(self, question: Question | None) -> None:
        attempt = 0
        while not self._closing.wait(AGAIN[min(attempt, len(AGAIN) - 1)]):
            attempt += 1
            try:
                found = self._answering(question)
            except LedgerError as error:
                self._broken = error
                continue
            self._take(found)
            return

    def _answering(self, question: Question | None) -> Connection:
        """A new connection, which has an answer to the question."""
        found = self._dial()
        try:
            if question is not None:
                found.execute(*question)
        except psycopg.Error as error:
            found.close()
            raise explain(self._address, error) from error
        return found

    def _take(self, found: Connection) -> None:
        with self._lock:
            if self._closing.is_set():
                found.close()
            else:
                self._connection.close()
                self._connection, self._broken = found, None
