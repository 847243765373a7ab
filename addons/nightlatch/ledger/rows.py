"""Rows to values and back: the only place that knows the order of columns.

A session's row is read on every request, so it is turned into a value without detours; the rest is written to be read.
"""

import json
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

from nightlatch.core.authentication import Authentication
from nightlatch.core.events import Chained, Event, EventType, Field
from nightlatch.core.session import End, Session, State
from nightlatch.ledger.chain_port import Link
from nightlatch.ledger.port import Credential, Decision, Found, Guard

Row = tuple[Any, ...]

SESSION_COLUMNS = (
    "id, site, subject, source, started_at, authenticated_at, last_active_at, gap_from_at, gap, reauthenticated_at, "
    "groups, amr, acr, email, network, agent, state"
)
END_COLUMNS = "ended_at, end_reason, end_clock, end_limit, end_elapsed, end_rule, end_from_at"
OWN_COLUMNS = f"{SESSION_COLUMNS}, {END_COLUMNS}, remembered"
"""What is written of a session when it begins."""
SESSION_WIDTH = 25
"""How many columns `OWN_COLUMNS` are."""

READ_SESSION = (
    f"{SESSION_COLUMNS}, CASE WHEN state <> 'active' THEN json_array({END_COLUMNS}, remembered) "
    "WHEN expire_when IS NOT NULL OR remembered <> 0 OR step_up_at IS NOT NULL "
    "THEN json_array(step_up_at, expire_when, remembered) END"
)
"""What is read of a session: its end as one column, since every column costs, and hardly any session has one; while it
lives, what is out of the common stands there: since when a fresh login is asked for, when it is to end on purpose, and
whether it is remembered."""
READ_CREDENTIAL = "fingerprint, issued_at, replaced_at, grace_until_at"
"""What is read of a credential after `READ_SESSION`."""
FOUND_WIDTH = 22
"""How many columns those two are."""

DECISION_COLUMNS = (
    "id, decided_at, site, session, method, host, path, verdict, reason, clock, "
    '"limit", elapsed, rule, activity, policy'
)
GUARD_COLUMNS = "site, url, cookie, identity, login, users, policy, pid, started_at, source, version"
EVENT_COLUMNS = "id, happened_at, type, session, subject, payload, prev, hash"

_GROUPS, _ACR, _STATE, _END, FINGERPRINT = 10, 12, 16, 17, 18

_TIMES = slice(4, 9)
_LATEST = 253_402_300_800_000_000
"""The end of the year 9999: what comes later is no instant that anybody could be shown."""

_COMMON = (None, None, None, False)
_END_WIDTH = len(End._fields)
_STATES = {str(state): state for state in State}


@lru_cache(maxsize=1024)
def names_of(text: str) -> tuple[str, ...]:
    """The names in a JSON array, such as a session's groups; the same few arrays come again and again."""
    return tuple(json.loads(text))


def session_of(row: Row) -> Session:
    """The session in a row that begins with `READ_SESSION`."""
    groups, amr, end = row[_GROUPS], row[_GROUPS + 1], row[_END]
    instants(*row[_TIMES])
    if row[9] is not None:
        instants(row[9])
    return Session._make(
        (
            *row[:_GROUPS],
            names_of(groups) if groups != "[]" else (),
            names_of(amr) if amr != "[]" else (),
            *row[_ACR:_STATE],
            _STATES[row[_STATE]],
            *(_COMMON if end is None else _uncommon(end)),
        )
    )


def instants(*values: int) -> None:
    """Raises:
    TypeError, ValueError: one of them is no time and no duration, so that nightlatch did not write it.
    """
    if min(values) < 0 or max(values) >= _LATEST:
        raise ValueError("a time that is none")


def _uncommon(told: str) -> tuple[End | None, int | None, str | None, bool]:
    """The end, what is ordered, and whether it is remembered: the last fields of a session."""
    *found, remembered = json.loads(told)
    if len(found) == _END_WIDTH:
        end = End._make(found)
        instants(end.at, *(each for each in (end.limit, end.elapsed, end.from_at) if each is not None))
        return end, None, None, bool(remembered)
    step_up_at, expire_when = found
    return None, step_up_at, expire_when, bool(remembered)


def found_of(fingerprint: bytes, row: Row) -> Found:
    """The session and credential in a row of `READ_SESSION` and `READ_CREDENTIAL`.

    Raises:
        ValueError: it is another credential's, which SQLite finds where a page has lost its order, and does not notice.
    """
    if row[FINGERPRINT] != fingerprint:
        raise ValueError("another credential than was asked for")
    return Found(session_of(row), Credential(fingerprint, row[0], *row[FINGERPRINT + 1 :]))


def row_of(session: Session) -> Row:
    """`session` in the order of `OWN_COLUMNS`."""
    return (
        *map(storable, session[:_GROUPS]),
        json.dumps(session.groups),
        json.dumps(session.amr),
        *map(storable, session[_ACR:_STATE]),
        *ending_of(session.state, session.end),
        int(session.remembered),
    )


def strength_of(authentication: Authentication) -> dict[str, object]:
    """How somebody authenticated, by column."""
    groups, amr = json.dumps(authentication.groups), json.dumps(authentication.amr)
    return {"groups": groups, "amr": amr, "acr": storable(authentication.acr)}


def ending_of(state: State, end: End | None) -> Row:
    """`state` and `end` as columns: `state` and `END_COLUMNS`."""
    return (str(state), *map(storable, end or (None,) * len(End._fields)))


def storable(value: Any) -> Any:
    """`value` as a database takes it. Text off the wire may hold bytes that were no UTF-8; one such request must not
    make the ledger unwritable for everybody else."""
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
    detail: Mapping[str, Field] = dict(fields["detail"])
    instants(fields["at"])
    return Event(**{**fields, "type": EventType(fields["type"]), "detail": detail})


def decision_of(row: Row) -> Decision:
    """The decision in a row of `DECISION_COLUMNS`."""
    decision = Decision._make(row)
    instants(decision.at, *(each for each in (decision.limit, decision.elapsed) if each is not None))
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


def segment_row(row: Row) -> Row:
    """A row of the clock, as it is."""
    instants(row[1], row[2])
    return row


def blob_of(row: Row) -> bytes:
    """The bytes in a row of one column."""
    if not isinstance(row[0], bytes):
        raise TypeError("text where bytes belong")
    return row[0]


def latest_of(row: Row) -> int:
    """The instant in a row of one column; 0 where there is none."""
    latest: int = row[0] or 0
    instants(latest)
    return latest
