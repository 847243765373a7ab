"""What is going on now, read from the ledger: a part of the reader. Knows the tables, changes nothing."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from nightlatch.core.session import Session
from nightlatch.ledger import rows
from nightlatch.ledger.executing import Reads
from nightlatch.ledger.port import Decision, Guard, Hold
from nightlatch.ledger.retention_port import Space

_OF_KIND = (
    f"SELECT {rows.READ_SESSION} FROM sessions "
    "WHERE state = 'active' AND remembered = {} AND site = ?1 AND last_active_at > ?2"
)
# Two walks along two indexes, merged: see the sixth migration.
_ACTIVE = f"{_OF_KIND.format(0)} UNION ALL {_OF_KIND.format(1)} ORDER BY last_active_at LIMIT ?3"
_ORDERED = (
    f"SELECT {rows.READ_SESSION} FROM sessions "
    "WHERE site = ? AND expire_when IS NOT NULL AND state = 'active' AND expire_when = ?"
)
_LOG = f"SELECT position, {rows.DECISION_COLUMNS} FROM decisions WHERE position > ? ORDER BY position LIMIT ?"
_COUNTED = (
    f"SELECT {rows.DECISION_COLUMNS} FROM decisions "
    "WHERE position IN (SELECT max(position) FROM decisions WHERE activity GROUP BY session)"
)


class LiveQuestions(Reads):
    """What can be asked about what is going on now."""

    SPACE: ClassVar[str]
    """What tells how large the ledger is, how much of that is free, and whether that can be given back."""

    def active_since(self, site: str, at: int, limit: int) -> Sequence[Session]:
        return self._read(rows.session_of, _ACTIVE, site, at, limit)

    def holds(self, session_id: str | None = None) -> Sequence[Hold]:
        statement = "SELECT exchange, session, pid, started_at, idle FROM holds"
        if session_id is None:
            return self._read(Hold._make, statement)
        return self._read(Hold._make, f"{statement} WHERE session = ?", rows.storable(session_id))

    def guards(self) -> Sequence[Guard]:
        statement = f"SELECT {rows.GUARD_COLUMNS} FROM guards ORDER BY started_at DESC, rowid DESC"
        return self._read(rows.guard_of, statement)

    def space(self) -> Space:
        return self._read(lambda row: Space(row[0], row[1], bool(row[2])), self.SPACE)[0]

    def ordered(self, site: str, when: str) -> Sequence[Session]:
        return self._read(rows.session_of, _ORDERED, site, when)

    def last_counted(self) -> Mapping[str, Decision]:
        found = self._read(rows.decision_of, _COUNTED)
        return {decision.session: decision for decision in found if decision.session is not None}

    def decisions_after(self, position: int, limit: int) -> Sequence[tuple[int, Decision]]:
        return self._read(_placed, _LOG, position, limit)

    def last_decision(self) -> int:
        ((last,),) = self._read(tuple, "SELECT coalesce(max(position), 0) FROM decisions")
        return int(last)


def _placed(row: rows.Row) -> tuple[int, Decision]:
    return int(row[0]), rows.decision_of(row[1:])
