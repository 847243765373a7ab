"""What the gate asks a ledger in SQL with every request: how the clock stands, and whose session a credential is.

One statement, and so one round trip where the ledger is on another machine. Knows the tables, not how they are changed.
"""

from collections.abc import Callable, Sequence
from typing import ClassVar

from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger import rows
from nightlatch.ledger.executing import Rows
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.ledger.tombstones import exhumed

FOREIGN = (ValueError, KeyError, TypeError)
"""What reading a row raises that nightlatch did not write."""

# Every piece put together here is a constant of this package; what a caller gives is always a bound parameter.
CLOCK = "(SELECT max(id) FROM clock)"
_BURIED = "(SELECT count(*) FROM tombstones WHERE fingerprint = {})"


def finding(*also: str, by: str = "= ?") -> str:
    """What finds sessions by their credentials. `also`: further columns; `by`: which credentials, in SQL."""
    told = ", ".join((rows.READ_SESSION, rows.READ_CREDENTIAL, *also))
    return f"SELECT {told} FROM credentials c JOIN sessions s ON s.number = c.session WHERE c.fingerprint {by}"


def looking_for_token(*also: str, place: str, itself: str) -> str:
    """The same for a token and the place of its session; in the last column whether the token is one of those of which
    only a tombstone is left. `place`, `itself`: how their values are marked."""
    return finding(*also, _BURIED.format(itself), by=f"IN ({place}, {itself})")


FIND, LOOK = finding(), finding(CLOCK)
SEGMENTS = (
    "SELECT id, wall_at, warped_at, frozen, reset FROM clock "
    "WHERE id >= coalesce((SELECT max(id) FROM clock WHERE reset), 0) ORDER BY id"
)


class GateQuestions:
    """The part of the reader that every request meets. Every method raises `LedgerError` when it cannot be read."""

    ERRORS: ClassVar[tuple[type[Exception], ...]] = FOREIGN
    """What a question may raise; it becomes a `LedgerError`."""
    LOOK: ClassVar[str] = LOOK
    LOOK_FOR_TOKEN: ClassVar[str] = looking_for_token(CLOCK, place="?1", itself="?2")

    def __init__(self, execute: Callable[..., Rows], name: str) -> None:
        """`execute`: asks the database one statement with its values; `name`: of the ledger, as it may be shown."""
        self._execute, self._name = execute, name
        self._warp = Warp()
        self._warp_id: int | None = None

    def look(self, fingerprint: bytes) -> tuple[Warp, Found | None]:
        """On every request: one statement. The clock is read again only when it was moved since."""
        try:
            row = self._execute(self.LOOK, self._about(fingerprint)).fetchone()
            if row is None:
                return self.warp(), exhumed(self._execute, fingerprint)
            return self._warp_in(row), self._found_in(fingerprint, row)
        except self.ERRORS as error:
            raise self._unreadable(error) from error

    def look_for_token(self, place: bytes, token: bytes) -> tuple[Warp, Found | None, Found | None]:
        """One statement where the token is written down, or its session was never forgotten and is known."""
        try:
            asked = self._execute(self.LOOK_FOR_TOKEN, self._about(place, token))
            found = {row[rows.FINGERPRINT]: row for row in asked.fetchall()}
            if not found:
                return self.warp(), exhumed(self._execute, place), exhumed(self._execute, token)
            if not found.keys() <= {place, token}:
                raise ValueError("another credential than was asked for")
            (any_row, *_), known = found.values(), {mark: self._found_in(mark, row) for mark, row in found.items()}
            if token not in known and any_row[-1]:
                return self._warp_in(any_row), known.get(place), exhumed(self._execute, token)
            return self._warp_in(any_row), known.get(place), known.get(token)
        except self.ERRORS as error:
            raise self._unreadable(error) from error

    def _about(self, *fingerprints: bytes) -> tuple[object, ...]:
        """The values of a question for these."""
        return fingerprints

    def _warp_in(self, row: rows.Row) -> Warp:
        return self._warp_at(row[rows.FOUND_WIDTH])

    def _found_in(self, fingerprint: bytes, row: rows.Row) -> Found:
        return rows.found_of(fingerprint, row[: rows.FOUND_WIDTH])

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
        return self._told(self._execute(SEGMENTS).fetchall())

    def _told(self, told: Sequence[rows.Row]) -> tuple[Warp, int | None]:
        """The same, of the clock's rows."""
        found = list(map(rows.segment_row, told))
        moved = (Segment(wall, warped, bool(frozen)) for _, wall, warped, frozen, reset in found if not reset)
        return Warp(tuple(moved)), found[-1][0] if found else None

    def _unreadable(self, error: Exception) -> LedgerError:
        """`error` in words that name the place and the remedy."""
        row = f"holds a row that was not written by nightlatch ({error!r})"
        return LedgerError(f"The ledger {self._name} {row}. Restore a copy of it, or give another with --ledger.")
