"""Forgetting: a part of the writer. Every change is small, so that nobody waits long for it, and
what is to go is looked for before the lock is taken.

Knows the tables; what is to be kept for how long is for the caller to know.
"""

import json
from typing import ClassVar

from nightlatch.ledger.executing import Writes
from nightlatch.ledger.rows import Row
from nightlatch.ledger.tombstones import BURIAL

_ENDED = "SELECT number FROM sessions WHERE ended_at < ? AND state <> 'active' ORDER BY ended_at LIMIT ?"
_CLOSED = "SELECT id FROM alerts WHERE last_at < ? AND NOT open ORDER BY id LIMIT ?"
_REFUSED = "SELECT number FROM deliveries WHERE due_at IS NULL AND event < (SELECT min(id) FROM events) LIMIT ?"
_PLACES = "SELECT site, who, network FROM places WHERE seen_at < ? LIMIT ?"


class Forgetting(Writes):
    """What can be forgotten."""

    NUMBERS: ClassVar[str]
    """What takes the numbers out of the JSON array `:numbers`."""

    def forget_sessions(self, before: int, limit: int) -> int:
        with self._change(durable=False):
            numbers = [number for (number,) in self._connection.execute(_ENDED, (before, limit)).fetchall()]
            for statement in BURIAL if numbers else ():
                self._connection.execute(statement.format(numbers=self.NUMBERS), {"numbers": json.dumps(numbers)})
        return len(numbers)

    def forget_alerts(self, before: int, limit: int) -> int:
        alerts, refused = self._looked_for(_CLOSED, before, limit), self._looked_for(_REFUSED, limit)
        self._remove("alerts WHERE id = ? AND NOT open", alerts)
        self._remove("deliveries WHERE number = ? AND due_at IS NULL", refused)
        return len(alerts)

    def forget_places(self, before: int, limit: int) -> int:
        places = self._looked_for(_PLACES, before, limit)
        last = f"places WHERE site = ? AND who = ? AND network = ? AND seen_at < {before:d}"
        return self._remove(last, places)

    def _remove(self, which: str, keys: list[Row]) -> int:
        if keys:
            with self._change(durable=False):
                return self._connection.executemany(f"DELETE FROM {which}", keys).rowcount
        return 0
