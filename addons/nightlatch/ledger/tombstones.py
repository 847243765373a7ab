"""What stays of a session that was forgotten: enough to refuse its credentials for ever, and to say why (laws 5, 10).

Knows the tables. What went for good: who it was, from where, and the credentials that mean nothing once unknown.
"""

from collections.abc import Callable

from nightlatch.core.session import End, Session, State
from nightlatch.ledger.executing import Rows
from nightlatch.ledger.port import Credential, Found
from nightlatch.ledger.rows import Row, instants

_LATE = 600_000_000
"""Microseconds before the end. A token may name an instant after it, by no more than clocks are off: were it unknown,
it could count as one of a later session of the same person."""

_KEPT = (
    "s.id, s.site, s.source, s.authenticated_at, s.last_active_at, s.gap_from_at, s.gap, s.reauthenticated_at, "
    "s.remembered, s.ended_at, s.end_reason, s.end_clock, s.end_limit, s.end_elapsed, s.end_rule, s.end_from_at"
)
_BURY = (
    f"INSERT INTO tombstones SELECT c.fingerprint, {_KEPT} FROM sessions s "
    f"JOIN credentials c ON c.session = s.number WHERE s.number IN ({{numbers}}) AND s.source <> 'nightlatch' AND "
    f"(s.source = 'cookie' OR c.issued_at = s.started_at OR c.issued_at > s.ended_at - {_LATE}) "
    "ON CONFLICT (fingerprint) DO NOTHING"
)
_SPEND = (
    "INSERT INTO spent_logins SELECT s.site, p.subject, max(p.authenticated) FROM sessions s "
    "JOIN provider_sessions p ON p.session = s.number WHERE s.number IN ({numbers}) GROUP BY s.site, p.subject "
    "ON CONFLICT (site, subject) DO UPDATE SET authenticated = excluded.authenticated "
    "WHERE spent_logins.authenticated < excluded.authenticated"
)
_REMOVE = tuple(
    f"DELETE FROM {table} WHERE {number} IN ({{numbers}})"
    for table, number in (("provider_sessions", "session"), ("credentials", "session"), ("sessions", "number"))
)
BURIAL = (_BURY, _SPEND, *_REMOVE)
"""Statements that forget sessions, in this order, within one transaction. `{numbers}` is what takes the numbers out of
the JSON array `:numbers`, for which each database has its own words."""

_FIND = "SELECT * FROM tombstones WHERE fingerprint = ?"


def exhumed(execute: Callable[..., Rows], fingerprint: bytes) -> Found | None:
    """The forgotten session of a credential, as far as anything stayed of it; None when there is none.

    Raises:
        an error of the database's: the ledger cannot be read.
    """
    row = execute(_FIND, (fingerprint,)).fetchone()
    return None if row is None else _found_of(row)


def _found_of(row: Row) -> Found:
    fingerprint, key, site, source, authenticated, active, gap_from, gap, again, remembered, *end = row
    ended = End._make(end)
    instants(authenticated, active, gap_from, gap, ended.at)
    session = Session(
        key,
        site,
        None,
        source,
        started_at=authenticated,
        authenticated_at=authenticated,
        last_active_at=active,
        gap_from_at=gap_from,
        gap=gap,
        reauthenticated_at=again,
        state=State.EXPIRED if ended.reason == "expired" else State.ENDED,
        end=ended,
        remembered=bool(remembered),
    )
    return Found(session, Credential(fingerprint, key, authenticated))
