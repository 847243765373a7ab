"""Policies, written to the ledger: a part of the writer. Which change came first is decided within the
transaction that makes it, never by an earlier look."""

from nightlatch.core.events import Event
from nightlatch.ledger import rows
from nightlatch.ledger.chain import append
from nightlatch.ledger.executing import Writes
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.policies_read import CHANGE_COLUMNS, NEWEST

_LOADED = (
    "INSERT INTO policies (name, version, text, loaded_at) VALUES (?, ?, ?, ?) "
    "ON CONFLICT (name, version) DO UPDATE SET loaded_at = excluded.loaded_at"
)
_CHANGE = f"INSERT INTO policy_changes ({CHANGE_COLUMNS}) VALUES ({', '.join('?' * 8)}) RETURNING id"


class PolicyWriting(Writes):
    """What can be changed of policies."""

    def policy(self, name: str, version: str, text: str, at: int) -> None:
        with self._change():
            self._connection.execute(_LOADED, (name, version, text, at))

    def change_policy(self, change: PolicyChange, text: str, event: Event) -> PolicyChange:
        with self._change():
            before = self._in_force(change.source)
            if before is not None and change.how == "file" and before.given == change.given:
                return before
            self._connection.execute(_LOADED, (change.name, change.version, text, change.changed_at))
            append(self._connection, [event])
            if before is not None and _same(before, change):
                return before
            made = change._replace(previous=before and before.version)
            (number,) = self._connection.execute(_CHANGE, tuple(map(rows.storable, made[:-1]))).fetchone()
            return made._replace(id=number)

    def _in_force(self, source: str) -> PolicyChange | None:
        row = self._connection.execute(NEWEST, (rows.storable(source),)).fetchone()
        return None if row is None else PolicyChange._make(row)


def _same(before: PolicyChange, change: PolicyChange) -> bool:
    """Whether `change` would leave everything as it is."""
    return (before.name, before.version, before.given) == (change.name, change.version, change.given)
