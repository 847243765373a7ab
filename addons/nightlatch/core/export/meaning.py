"""What each type of event means to systems that collect them: begin or end, success or failure, how grave.

The severities are those of OCSF (`severity_id`); the reuse of an ended session is critical in OWASP's logging
vocabulary (`session_use_after_expire`). Knows neither of the two schemas' shapes.
"""

from enum import IntEnum
from typing import NamedTuple

from nightlatch.core.events import Event, EventType


class Severity(IntEnum):
    """OCSF `severity_id`."""

    INFORMATIONAL = 1
    LOW = 2
    MEDIUM = 3
    HIGH = 4
    CRITICAL = 5


class Meaning(NamedTuple):
    """What an event type says. `phase` is `start`, `end`, `info`, `change` or `error`."""

    phase: str
    severity: Severity = Severity.INFORMATIONAL
    outcome: str | None = None
    """`success`, `failure`, or None where the question does not arise."""


MEANINGS = {
    EventType.SESSION_CREATED: Meaning("start", outcome="success"),
    EventType.SESSION_ADOPTED: Meaning("start", Severity.LOW, "success"),
    EventType.SESSION_REFRESHED: Meaning("info", outcome="success"),
    EventType.SESSION_ROTATED: Meaning("info", outcome="success"),
    EventType.SESSION_EXTENDED: Meaning("info", outcome="success"),
    EventType.SESSION_EXPIRED: Meaning("end", outcome="success"),
    EventType.SESSION_ENDED: Meaning("end", outcome="success"),
    EventType.SESSION_REUSED_AFTER_END: Meaning("info", Severity.CRITICAL, "failure"),
    EventType.STEP_UP_REQUIRED: Meaning("info", Severity.LOW, "failure"),
    EventType.STEP_UP_SATISFIED: Meaning("info", outcome="success"),
    EventType.LOGIN_STARTED: Meaning("info"),
    EventType.LOGIN_SUCCEEDED: Meaning("start", outcome="success"),
    EventType.LOGIN_FAILED: Meaning("start", Severity.MEDIUM, "failure"),
    EventType.LOGIN_SILENT: Meaning("start", Severity.MEDIUM, "failure"),
    EventType.POLICY_LOADED: Meaning("change", Severity.LOW, "success"),
    EventType.POLICY_REJECTED: Meaning("change", Severity.MEDIUM, "failure"),
    EventType.CLOCK_WARPED: Meaning("change", Severity.MEDIUM, "success"),
    EventType.ALERT_RAISED: Meaning("info", Severity.HIGH),
    EventType.LEDGER_ERROR: Meaning("error", Severity.HIGH, "failure"),
    EventType.AUDIT_PRUNED: Meaning("change", Severity.LOW, "success"),
    EventType.AUDIT_REVIEWED: Meaning("info", outcome="success"),
}


def meaning(event: Event) -> Meaning:
    """What `event` says."""
    return MEANINGS[event.type]


def reason(event: Event) -> str | None:
    """Why, in one word or two: the clock that ran out, the reason of an end or a failure."""
    clock, why = event.detail.get("clock"), event.detail.get("reason")
    return f"{clock} timeout" if clock and event.type is EventType.SESSION_EXPIRED else str(why) if why else None
