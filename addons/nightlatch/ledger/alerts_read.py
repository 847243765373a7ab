"""The reading of alerts, places and deliveries: questions that `reader.SqliteReader` answers. Knows their tables, and
nothing of how an alert comes about."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from nightlatch.core.alert import Alert
from nightlatch.ledger.alerts_port import Backlog
from nightlatch.ledger.executing import Reads
from nightlatch.ledger.rows import Row, storable

ALERT_COLUMNS = (
    "id, detector, grouping, raised_at, last_at, count, session, subject, network, agent, response, why, event, "
    "policy, open, detail"
)
_ALERTS = f"SELECT {ALERT_COLUMNS} FROM alerts"
_BACKLOGS = (
    "SELECT name, (SELECT count(*) FROM deliveries WHERE receiver = name AND due_at IS NOT NULL), "
    "(SELECT count(*) FROM deliveries WHERE receiver = name AND due_at IS NULL), "
    "coalesce((SELECT error FROM deliveries WHERE receiver = name AND error <> '' ORDER BY number DESC LIMIT 1), '') "
    "FROM receivers ORDER BY name"
)


def alert_of(row: Row) -> Alert:
    """The alert in a row of `ALERT_COLUMNS`."""
    *_, is_open, detail = row
    return Alert._make((*row[:-2], bool(is_open), json.loads(detail)))


class AlertQuestions(Reads):
    """What can be asked about alerts."""

    def alerts(
        self, *, after: int = 0, detector: str | None = None, since: int | None = None, session: str | None = None
    ) -> Sequence[Alert]:
        asked: list[tuple[str, Any]] = [("id > ?", after)]
        if detector is not None:
            asked.append(("detector = ?", storable(detector)))
        if since is not None:
            asked.append(("last_at >= ?", since))
        if session is not None:
            asked.append(("session = ?", storable(session)))
        where = " AND ".join(clause for clause, _ in asked)
        return self._read(alert_of, f"{_ALERTS} WHERE {where} ORDER BY id", *(value for _, value in asked))

    def alert(self, alert_id: int) -> Alert | None:
        found = self._read(alert_of, f"{_ALERTS} WHERE id = ?", alert_id)
        return found[0] if found else None

    def alert_counts(self) -> Mapping[str, int]:
        return dict(self._read(_pair, "SELECT detector, sum(count) FROM alerts GROUP BY detector ORDER BY detector"))

    def places(self, site: str, who: str, since: int) -> Sequence[str]:
        return self._read(
            _first,
            "SELECT network FROM places WHERE site = ? AND who = ? AND seen_at >= ? ORDER BY seen_at DESC",
            storable(site),
            storable(who),
            since,
        )

    def backlogs(self) -> Sequence[Backlog]:
        return self._read(Backlog._make, _BACKLOGS)

    def is_due(self, receiver: str, wall: int) -> bool:
        due = "SELECT 1 FROM deliveries WHERE receiver = ? AND due_at <= ? LIMIT 1"
        return bool(self._read(_number, due, receiver, wall))

    def told(self, receiver: str) -> int | None:
        found = self._read(_number, "SELECT event FROM receivers WHERE name = ?", receiver)
        return found[0] if found else None


def _first(row: Row) -> str:
    return str(row[0])


def _number(row: Row) -> int:
    return int(row[0])


def _pair(row: Row) -> tuple[str, int]:
    return str(row[0]), int(row[1])
