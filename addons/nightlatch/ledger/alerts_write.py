"""The writing of alerts, places and deliveries: changes that `writer.SqliteWriter` makes. Whether a finding is a new
alert or counts in an open one is decided here, within one transaction, so that several guards raise it once."""

import json
from collections.abc import Iterable, Sequence

from nightlatch.core.alert import PER_MINUTE, QUIET, REST, Alert, Finding
from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.policy import MINUTE
from nightlatch.core.session import End, State
from nightlatch.ledger.alerts_port import PLACES_KEPT, Delivery, Place
from nightlatch.ledger.alerts_read import ALERT_COLUMNS, alert_of
from nightlatch.ledger.chain import append
from nightlatch.ledger.executing import Writes
from nightlatch.ledger.rows import Row, ending_of, storable

ERROR_KEPT = 300
"""Characters of what went wrong with a delivery."""

END = (
    "UPDATE sessions SET state = ?, ended_at = ?, end_reason = ?, end_clock = ?, end_limit = ?, end_elapsed = ?, "
    "end_rule = ?, end_from_at = ? WHERE state = 'active'"
)
_KNOWN = "SELECT 1 FROM alerts WHERE detector = ? AND grouping IN (?, ?) AND cause >= ? LIMIT 1"
_OPEN = (
    "SELECT id FROM alerts WHERE detector = ? AND grouping = ? AND open AND last_at > ? - ? AND raised_at <= ? "
    "ORDER BY id DESC LIMIT 1"
)
_LATELY = "SELECT count(*) FROM alerts WHERE detector = ? AND raised_at > ? - ? AND raised_at <= ?"
_COUNT = (
    "UPDATE alerts SET count = count + :times, last_at = CASE WHEN last_at < :at THEN :at ELSE last_at END, "
    "cause = CASE WHEN cause < :cause THEN :cause ELSE cause END WHERE id = :id"
)
_RAISE = (
    "INSERT INTO alerts (detector, grouping, raised_at, last_at, count, session, subject, network, agent, response, "
    f"why, event, policy, open, detail, cause) VALUES ({', '.join('?' * 16)}) RETURNING id"
)
_STEP_UP = "UPDATE sessions SET step_up_at = ? WHERE id = ? AND state = 'active' AND step_up_at IS NULL"
_SEEN = (
    "INSERT INTO places VALUES (?, ?, ?, ?) ON CONFLICT (site, who, network) "
    "DO UPDATE SET seen_at = excluded.seen_at WHERE places.seen_at < excluded.seen_at"
)
_CLAIM = (
    "UPDATE deliveries SET due_at = :until, attempts = attempts + 1 WHERE number IN (SELECT number FROM deliveries "
    "WHERE receiver = :receiver AND due_at <= :wall ORDER BY number LIMIT :limit) "
    "RETURNING number, id, receiver, event, body, attempts"
)
_ENLIST = (
    "INSERT INTO receivers (name, event) VALUES (?, coalesce((SELECT max(id) FROM events), 0)) "
    "ON CONFLICT (name) DO NOTHING"
)
_PUT_OFF = (
    "UPDATE deliveries SET due_at = CASE WHEN due_at < :due_at THEN :due_at ELSE due_at END "
    "WHERE receiver = :receiver AND due_at IS NOT NULL"
)
_SEND = "INSERT INTO deliveries (id, receiver, event, body, attempts, due_at, error) VALUES (?, ?, ?, ?, 0, 0, '')"


class AlertChanges(Writes):
    """What can be changed about alerts."""

    def raise_alert(self, finding: Finding, then: str, policy: str) -> Alert | None:
        with self._change():
            if finding.cause and self._rows(_KNOWN, finding.detector, _key(finding), REST, finding.cause):
                return None
            alert = self._counted(finding, then, policy)
            self._follow(finding, then, policy)
            return alert

    def _counted(self, finding: Finding, then: str, policy: str) -> Alert:
        """Within a transaction: count `finding` in the open alert, or raise one."""
        at = finding.at
        key = _key(finding)
        found = self._rows(_OPEN, finding.detector, key, at, QUIET, at)
        if not found and self._rows(_LATELY, finding.detector, at, MINUTE, at)[0][0] >= PER_MINUTE:
            key = REST
            found = self._rows(_OPEN, finding.detector, key, at, QUIET, at)
        if found:
            names = {"times": finding.times, "at": at, "cause": finding.cause, "id": found[0][0]}
            self._connection.execute(_COUNT, names)
            return self._alert(found[0][0])
        return self._raised(finding, key, then, policy)

    def _raised(self, finding: Finding, key: str, then: str, policy: str) -> Alert:
        row = (finding.detector, key, finding.at, finding.at, finding.times, finding.session, finding.subject)
        rest = (finding.network, finding.agent, then, finding.why, 0, policy, True, json.dumps(dict(finding.detail)))
        ((number,),) = self._rows(_RAISE, *map(storable, (*row, *rest)), finding.cause)
        alert = self._alert(number)
        event = append(self._connection, [raised(alert, finding.at)])
        self._connection.execute("UPDATE alerts SET event = ? WHERE id = ?", (event, alert.id))
        return alert._replace(event=event)

    def _follow(self, finding: Finding, then: str, policy: str) -> None:
        """Within a transaction: what an alert does with the session it is about."""
        if then == "step_up":
            self._connection.execute(_STEP_UP, (finding.at, finding.session))
        elif then == "end":
            end = End(finding.at, "policy")
            values = (*ending_of(State.ENDED, end), storable(finding.session))
            if self._connection.execute(f"{END} AND id = ?", values).rowcount == 1:
                why = {"reason": end.reason, "detector": finding.detector}
                who = (finding.session, finding.subject, finding.network, finding.agent)
                append(self._connection, [Event(EventType.SESSION_ENDED, finding.at, *who, policy, why)])

    def close_alerts(self, now: int) -> int:
        quiet = "FROM alerts WHERE open AND (last_at <= ? - ? OR raised_at > ?)"
        if not self._looked_for(f"SELECT 1 {quiet} LIMIT 1", now, QUIET, now):
            return 0
        with self._change():
            over = [alert_of(row) for row in self._rows(f"SELECT {ALERT_COLUMNS} {quiet}", now, QUIET, now)]
            self._connection.executemany("UPDATE alerts SET open = FALSE WHERE id = ?", [(alert.id,) for alert in over])
            append(self._connection, [raised(alert, now) for alert in over if alert.times > 1])
            return len(over)

    def note_places(self, places: Iterable[Place]) -> None:
        rows = [tuple(map(storable, place)) for place in places]
        with self._change(durable=False):
            self._connection.executemany(_SEEN, rows)
            latest = max((place[3] for place in rows), default=0)
            whose = {(place[0], place[1], latest - PLACES_KEPT) for place in rows}
            self._connection.executemany("DELETE FROM places WHERE site = ? AND who = ? AND seen_at < ?", whose)

    def enlist(self, receiver: str) -> None:
        with self._change():
            self._connection.execute(_ENLIST, (receiver,))

    def dispatch(self, receiver: str, *, after: int, until: int, deliveries: Iterable[Delivery]) -> bool:
        with self._change():
            moved = self._connection.execute(
                "UPDATE receivers SET event = ? WHERE name = ? AND event = ?", (until, receiver, after)
            )
            if moved.rowcount == 1:
                rows = [(each.id, receiver, each.event, storable(each.body)) for each in deliveries]
                self._connection.executemany(_SEND, rows)
            return moved.rowcount == 1

    def claim(self, receiver: str, wall: int, lease: int, limit: int) -> Sequence[Delivery]:
        names = {"receiver": receiver, "wall": wall, "until": wall + lease, "limit": limit}
        with self._change():
            found = self._connection.execute(_CLAIM, names).fetchall()
        return [Delivery._make(row[1:]) for row in sorted(found)]

    def delivered(self, deliveries: Iterable[str]) -> None:
        with self._change():
            self._connection.executemany("DELETE FROM deliveries WHERE id = ?", [(each,) for each in deliveries])

    def put_off(self, receiver: str, deliveries: Iterable[str], due_at: int, error: str, *, all_of_it: bool) -> None:
        with self._change():
            if all_of_it:
                self._connection.execute(_PUT_OFF, {"due_at": due_at, "receiver": receiver})
            told = storable(error[:ERROR_KEPT])
            self._connection.executemany(
                "UPDATE deliveries SET due_at = ?, error = ? WHERE id = ?",
                [(due_at, told, each) for each in deliveries],
            )

    def refuse(self, delivery: str, error: str) -> None:
        with self._change():
            self._connection.execute(
                "UPDATE deliveries SET due_at = NULL, error = ? WHERE id = ?", (storable(error[:ERROR_KEPT]), delivery)
            )

    def _alert(self, alert_id: int) -> Alert:
        return alert_of(self._rows(f"SELECT {ALERT_COLUMNS} FROM alerts WHERE id = ?", alert_id)[0])

    def _rows(self, statement: str, *values: object) -> list[Row]:
        return self._connection.execute(statement, values).fetchall()


def raised(alert: Alert, at: int) -> Event:
    """The event that tells of `alert`: of its beginning, and once more of its end where it counted further."""
    detail: dict[str, Field] = {"alert": alert.id, "detector": alert.detector, "then": alert.then}
    detail |= {"count": alert.times, "why": alert.why}
    who = (alert.session, alert.subject, alert.network, alert.agent)
    return Event(EventType.ALERT_RAISED, at, *who, alert.policy, detail)


def _key(finding: Finding) -> str:
    return str(storable(finding.key))
