"""Rows to values and back: the only place that knows the order of columns.

A session's row is read on every request, so it is turned into a value without detours; the rest is written to be read.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from nightlatch.core.events import Chained, Event, EventType, Field
from nightlatch.core.session import End, Session, State
from nightlatch.ledger.port import Credential, Decision, Found, Guard, Link

Row = tuple[Any, ...]

SESSION_COLUMNS = (
    "s.id, s.site, s.subject, s.source, s.started_at, s.authenticated_at, s.last_active_at, s.gap_from_at, s.gap, "
    "s.reauthenticated_at, s.groups, s.amr, s.acr, s.network, s.agent, s.state, "
    "s.ended_at, s.end_reason, s.end_clock, s.end_limit, s.end_elapsed, s.end_rule, s.end_from_at"
)
CREDENTIAL_COLUMNS = "c.fingerprint, c.session, c.issued_at, c.replaced_at, c.grace_until_at"
DECISION_COLUMNS = (
    "id, decided_at, site, session, method, host, path, verdict, reason, clock, "
    '"limit", elapsed, rule, activity, policy'
)
GUARD_COLUMNS = "site, url, cookie, identity, login, users, policy, pid, started_at"
EVENT_COLUMNS = "id, happened_at, type, session, subject, payload, prev, hash"

SESSION_WIDTH = 23
"""How many columns a session has; a credential's follow."""

_GROUPS, _ACR, _STATE, _END = 10, 12, 15, 16
_STATES = {str(state): state for state in State}


@lru_cache(maxsize=1024)
def names_of(text: str) -> tuple[str, ...]:
    """The names in a JSON array, such as a session's groups; the same few arrays come again and again."""
    return tuple(json.loads(text))


def session_of(row: Row) -> Session:
    """The session in a row that begins with `SESSION_COLUMNS`."""
    groups, amr = row[_GROUPS:_ACR]
    return Session._make(
        (
            *row[:_GROUPS],
            names_of(groups) if groups != "[]" else (),
            names_of(amr) if amr != "[]" else (),
            *row[_ACR:_STATE],
            _STATES[row[_STATE]],
            None if row[_END] is None else End._make(row[_END:SESSION_WIDTH]),
        )
    )


def found_of(row: Row) -> Found:
    """The session and credential in a row of `SESSION_COLUMNS` and `CREDENTIAL_COLUMNS`."""
    return Found(session_of(row), Credential._make(row[SESSION_WIDTH:]))


def row_of(session: Session) -> Row:
    """`session` in the order of `SESSION_COLUMNS`."""
    return (
        *map(storable, session[:_GROUPS]),
        json.dumps(session.groups),
        json.dumps(session.amr),
        *map(storable, session[_ACR:_STATE]),
        *ending_of(session.state, session.end),
    )


def ending_of(state: State, end: End | None) -> Row:
    """The last columns of `SESSION_COLUMNS`, from `state` on."""
    return (str(state), *map(storable, end or (None,) * len(End._fields)))


def storable(value: Any) -> Any:
    """`value` as SQLite takes it. Text off the wire may hold bytes that were no UTF-8; one such request must not make
    the ledger unwritable for everybody else."""
    if isinstance(value, str) and not value.isascii():
        return value.encode("utf-8", "backslashreplace").decode("utf-8")
    return value


def link_of(row: Row) -> Link:
    """The chain's link in a row of `EVENT_COLUMNS`."""
    return Link._make(row)


def chained_of(link: Link) -> Chained:
    """The event of a link, read from the payload: that is what was hashed."""
    return Chained(link.id, event_of(link.payload), link.prev, link.hash)


def event_of(payload: str) -> Event:
    """The event whose canonical form is `payload`."""
    fields: dict[str, Any] = json.loads(payload)
    detail: Mapping[str, Field] = fields["detail"]
    return Event(**{**fields, "type": EventType(fields["type"]), "detail": detail})


def decision_of(row: Row) -> Decision:
    """The decision in a row of `DECISION_COLUMNS`."""
    decision = Decision._make(row)
    return decision._replace(activity=bool(decision.activity))


def decision_rows(decisions: Iterable[Decision]) -> list[Row]:
    """`decisions` in the order of `DECISION_COLUMNS`."""
    return [tuple(map(storable, decision)) for decision in decisions]


def guard_of(row: Row) -> Guard:
    """The guard in a row of `GUARD_COLUMNS`."""
    guard = Guard._make(row)
    return guard._replace(users=names_of(row[Guard._fields.index("users")]))


def guard_row(guard: Guard) -> Row:
    """`guard` in the order of `GUARD_COLUMNS`."""
    return tuple(map(storable, guard._replace(users=json.dumps(guard.users))))  # type: ignore[arg-type] # a row's text
