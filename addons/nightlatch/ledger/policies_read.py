"""Policies, read from the ledger: a part of the reader. Knows the tables, changes nothing."""

from collections.abc import Sequence

from nightlatch.ledger import rows
from nightlatch.ledger.executing import Reads
from nightlatch.ledger.policies_port import PolicyChange, PolicyVersion

CHANGE_COLUMNS = "source, name, version, changed_at, actor, how, previous, given"
NEWEST = f"SELECT {CHANGE_COLUMNS}, id FROM policy_changes WHERE source = ? ORDER BY id DESC LIMIT 1"


class PolicyQuestions(Reads):
    """What can be asked about policies."""

    def policies(self) -> Sequence[PolicyVersion]:
        found = "SELECT name, version, text, loaded_at FROM policies ORDER BY loaded_at DESC, rowid DESC"
        return self._read(PolicyVersion._make, found)

    def policy_changes(self, source: str | None = None) -> Sequence[PolicyChange]:
        asked = "" if source is None else "WHERE source = ?"
        statement = f"SELECT {CHANGE_COLUMNS}, id FROM policy_changes {asked} ORDER BY id DESC"
        return self._read(PolicyChange._make, statement, *(() if source is None else (rows.storable(source),)))

    def policy_in_force(self, source: str) -> PolicyChange | None:
        found = self._read(PolicyChange._make, NEWEST, rows.storable(source))
        return found[0] if found else None

    def policy_text(self, name: str, version: str) -> str | None:
        found = self._read(tuple, "SELECT text FROM policies WHERE name = ? AND version = ?", name, version)
        return str(found[0][0]) if found else None
