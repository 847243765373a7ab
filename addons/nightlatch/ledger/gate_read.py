"""What the gate asks the SQLite ledger with every request.

It is asked anew every time. What was read of a session before is given again only where SQLite says that nobody has
committed anything since (`PRAGMA data_version`), which is that same question for half of its cost.
"""

import sqlite3
from pathlib import Path

from nightlatch.core.warp import Warp
from nightlatch.ledger import rows
from nightlatch.ledger.files import explain
from nightlatch.ledger.gate_questions import FOREIGN, LOOK, GateQuestions
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.ledger.tombstones import exhumed

REMEMBERED = 512
"""Sessions, by credential. Beyond that the one that was read first is forgotten: whoever asks seldom is read anew,
which costs less than to ask first whether that is needed."""

Answer = tuple[Warp, Found]


class SqliteGate(GateQuestions):
    """The part of the reader that every request meets, for SQLite."""

    ERRORS = (sqlite3.Error, *FOREIGN)

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        super().__init__(connection.execute, str(path))
        self._connection, self._path = connection, path
        self._versions = connection.cursor()
        self._asked = -1
        """The version that SQLite told when it was last asked; what is read afterwards is at least as new."""
        self._recent: dict[bytes, tuple[int, Answer]] = {}

    def look(self, fingerprint: bytes) -> tuple[Warp, Found | None]:
        """On every request: one statement. The clock is read again only when it was moved since."""
        try:
            known = self._recent.get(fingerprint)
            if known is not None:
                (self._asked,) = self._versions.execute("PRAGMA data_version").fetchone()
                if known[0] == self._asked:
                    return known[1]
            row = self._execute(LOOK, (fingerprint,)).fetchone()
            if row is None:
                return self.warp(), exhumed(self._execute, fingerprint)
            answer = self._warp_at(row[-1]), rows.found_of(fingerprint, row[:-1])
        except (sqlite3.Error, *FOREIGN) as error:
            raise self._unreadable(error) from error
        self._remember(fingerprint, answer)
        return answer

    def _remember(self, fingerprint: bytes, answer: Answer) -> None:
        if fingerprint not in self._recent and len(self._recent) >= REMEMBERED:
            del self._recent[next(iter(self._recent))]
        self._recent[fingerprint] = self._asked, answer

    def _unreadable(self, error: Exception) -> LedgerError:
        return explain(self._path, error) if isinstance(error, sqlite3.Error) else super()._unreadable(error)
