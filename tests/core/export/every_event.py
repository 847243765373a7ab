"""One event of every type, with the fields that it is written with."""

from nightlatch.core.events import GENESIS, Chained, Event, EventType, Field

AT = 1_700_000_000_123_456
LIMIT, ELAPSED = 900_000_000, 1_312_500_000
DETAILS: dict[EventType, dict[str, Field]] = {
    EventType.SESSION_EXPIRED: {"clock": "idle", "limit": LIMIT, "elapsed": ELAPSED, "rule": "admin"},
    EventType.SESSION_ENDED: {"reason": "logout"},
    EventType.LOGIN_FAILED: {"login": "dev", "reason": "unknown_user"},
    EventType.CLOCK_WARPED: {"action": "advance", "by": 60_000_000},
    EventType.ALERT_RAISED: {"detector": "refresh_storm"},
    EventType.POLICY_LOADED: {"name": "acme"},
    EventType.LEDGER_ERROR: {"reason": "disk full"},
    EventType.AUDIT_PRUNED: {"until": 3, "hash": GENESIS, "count": 3},
}
SESSIONLESS = ("policy", "clock", "ledger", "audit", "login")


def an_event_of(type_: EventType) -> Chained:
    """An event of that type in its place in the chain."""
    whose = () if type_.startswith(SESSIONLESS) else ("s1", "alice", "10.0.0.0/24", "Firefox")
    event = Event(type_, AT, *whose)._replace(policy="ad68b28d1769", detail=DETAILS.get(type_, {}))
    return Chained(7, event, GENESIS, "ab" * 32)
