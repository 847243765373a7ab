"""What the gate asks the SQLite ledger with every request: how the clock stands, and whose session a credential is.

It is asked anew every time. What was read of a session before is given again only where SQLite says that nobody has
committed anything since (`PRAGMA data_version`), which is that same question for half of its cost.
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path

from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger import rows
from nightlatch.ledger.files import explain
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.ledger.tombstones import exhumed

REMEMBERED = 512
"""Sessions, by credential. Beyond that the one that was read first is forgotten: whoever asks seldom is read anew,
which costs less than to ask first whether that is needed."""

FOREIGN = (ValueError, KeyError, TypeError)
"""What reading a row raises that nightlatch did not write."""

# Every piece put together here is a constant of this package; what a caller gives is always a bound parameter.
_FIND = (
    f"SELECT {rows.READ_SESSION}, {rows.READ_CREDENTIAL} "
    "FROM credentials c JOIN sessions s ON s.number = c.session WHERE c.fingerprint = ?"
)
_LOOK = _FIND.replace(" FROM ", ", (SELECT max(id) FROM clock) FROM ", 1)
_SEGMENTS = (
    "SELECT id, wall_at, warped_at, frozen, reset FROM clock "
    "WHERE id >= coalesce((SELECT max(id) FROM clock WHERE reset), 0) ORDER BY id"
)

Answer = tuple[Warp, Found]


class GateQuestions:
    """The part of the reader that every request meets. Every method raises `LedgerError` when it cannot be read."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection, self._path = connection, path
        self._execute: Callable[..., sqlite3.Cursor] = connection.execute
        self._warp = Warp()
        self._warp_id: int | None = None
        self._asked = -1
        """The version that SQLite told when it was last asked; what is read afterwards is at least as new."""
        self._recent: dict[bytes, tuple[int, Answer]] = {}

    def look(self, fingerprint: bytes) -> tuple[Warp, Found | None]:
        """On every request: one statement. The clock is read again only when it was moved since."""
        try:
            known = self._recent.get(fingerprint)
            if known is not None:
                (self._asked,) = self._execute("PRAGMA data_version").fetchone()
                if known[0] == self._asked:
                    return known[1]
            row = self._execute(_LOOK, (fingerprint,)).fetchone()
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

    def find(self, fingerprint: bytes) -> Found | None:
        try:
            row = self._execute(_FIND, (fingerprint,)).fetchone()
            return exhumed(self._execute, fingerprint) if row is None else rows.found_of(fingerprint, row)
        except (sqlite3.Error, *FOREIGN) as error:
            raise self._unreadable(error) from error

    def warp(self) -> Warp:
        try:
            (newest,) = self._execute("SELECT max(id) FROM clock").fetchone()
            return self._warp_at(newest)
        except (sqlite3.Error, *FOREIGN) as error:
            raise self._unreadable(error) from error

    def _warp_at(self, newest: int | None) -> Warp:
        if newest != self._warp_id:
            self._warp, self._warp_id = self._segments()
        return self._warp

    def _segments(self) -> tuple[Warp, int | None]:
        """The segments since the last reset and the id of the last row, of one instant."""
        found = list(map(rows.segment_row, self._execute(_SEGMENTS).fetchall()))
        moved = (Segment(wall, warped, bool(frozen)) for _, wall, warped, frozen, reset in found if not reset)
        return Warp(tuple(moved)), found[-1][0] if found else None

    def _unreadable(self, error: Exception) -> LedgerError:
        if isinstance(error, sqlite3.Error):
            return explain(self._path, error)
        return LedgerError(f"The ledger {self._path} holds a row that was not written by nightlatch ({error!r}).")
