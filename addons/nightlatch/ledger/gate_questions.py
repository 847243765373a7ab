"""What the gate asks a ledger in SQL with every request: how the clock stands, and whose session a credential is.

One statement, and so one round trip where the ledger is on another machine. Knows the tables, not how they are changed.
"""

from collections.abc import Callable
from typing import ClassVar

from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger import rows
from nightlatch.ledger.executing import Rows
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.ledger.tombstones import exhumed

FOREIGN = (ValueError, KeyError, TypeError)
"""What reading a row raises that nightlatch did not write."""

# Every piece put together here is a constant of this package; what a caller gives is always a bound parameter.
FIND = (
    f"SELECT {rows.READ_SESSION}, {rows.READ_CREDENTIAL} "
    "FROM credentials c JOIN sessions s ON s.number = c.session WHERE c.fingerprint = ?"
)
LOOK = FIND.replace(" FROM ", ", (SELECT max(id) FROM clock) FROM ", 1)
_SEGMENTS = (
    "SELECT id, wall_at, warped_at, frozen, reset FROM clock "
    "WHERE id >= coalesce((SELECT max(id) FROM clock WHERE reset), 0) ORDER BY id"
)


class GateQuestions:
    """The part of the reader that every request meets. Every method raises `LedgerError` when it cannot be read."""

    ERRORS: ClassVar[tuple[type[Exception], ...]] = FOREIGN
    """What a question may raise; it becomes a `LedgerError`."""

    def __init__(self, execute: Callable[..., Rows], name: str) -> None:
        """`execute`: asks the database one statement with its values; `name`: of the ledger, as it may be shown."""
        self._execute, self._name = execute, name
        self._warp = Warp()
        self._warp_id: int | None = None

    def look(self, fingerprint: bytes) -> tuple[Warp, Found | None]:
        """On every request: one statement. The clock is read again only when it was moved since."""
        try:
            row = self._execute(LOOK, (fingerprint,)).fetchone()
            if row is None:
                return self.warp(), exhumed(self._execute, fingerprint)
            return self._warp_at(row[-1]), rows.found_of(fingerprint, row[:-1])
        except self.ERRORS as error:
            raise self._unreadable(error) from error

    def find(self, fingerprint: bytes) -> Found | None:
        try:
            row = self._execute(FIND, (fingerprint,)).fetchone()
            return exhumed(self._execute, fingerprint) if row is None else rows.found_of(fingerprint, row)
        except self.ERRORS as error:
            raise self._unreadable(error) from error

    def warp(self) -> Warp:
        try:
            (newest,) = self._execute("SELECT max(id) FROM clock").fetchone()
            return self._warp_at(newest)
        except self.ERRORS as error:
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
        """`error` in words that name the place and the remedy."""
        row = f"holds a row that was not written by nightlatch ({error!r})"
        return LedgerError(f"The ledger {self._name} {row}. Restore a copy of it, or give another with --ledger.")
