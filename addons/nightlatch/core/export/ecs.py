"""An audit event in the Elastic Common Schema 9: one flat document with dotted names, as log shippers take it.

ECS has no field set for sessions, so the session's id stands in `labels` and nightlatch's own fields in
`nightlatch.*`, where ECS promises never to put anything.
"""

from typing import Any

from nightlatch.core.event_json import outside
from nightlatch.core.events import Chained, EventType
from nightlatch.core.export.meaning import Severity, meaning, reason
from nightlatch.core.instants import rfc3339

VERSION = "9.5.0"
_CATEGORIES = {
    "session": ("session",),
    "step_up": ("authentication", "session"),
    "login": ("authentication",),
    "policy": ("configuration",),
    "clock": ("configuration",),
    "audit": ("configuration",),
    "alert": ("intrusion_detection",),
    "ledger": ("database",),
}
"""`event.category`, by the first word of the type."""
_LEVELS = {Severity.INFORMATIONAL: "info", Severity.LOW: "info", Severity.MEDIUM: "warning", Severity.HIGH: "error"}
_NANOSECONDS = 1000
"""ECS counts `event.duration` in nanoseconds."""


def ecs_document(chained: Chained) -> dict[str, Any]:
    """`chained` as an ECS document; what is not known is left out."""
    event, means = chained.event, meaning(chained.event)
    elapsed = event.detail.get("elapsed")
    document = {
        "@timestamp": rfc3339(event.at),
        "ecs.version": VERSION,
        "event.kind": "alert" if event.type is EventType.ALERT_RAISED else "event",
        "event.category": list(_CATEGORIES[event.type.partition(".")[0]]),
        "event.type": [means.phase],
        "event.action": str(event.type),
        "event.outcome": means.outcome,
        "event.reason": reason(event),
        "event.severity": int(means.severity),
        "event.duration": elapsed * _NANOSECONDS if isinstance(elapsed, int) else None,
        "event.id": str(chained.id),
        "event.sequence": chained.id,
        "event.hash": chained.hash,
        "event.provider": "nightlatch",
        "log.level": _LEVELS.get(means.severity, "critical"),
        "user.name": event.subject,
        "related.user": [event.subject] if event.subject else None,
        "source.address": event.network or None,
        "user_agent.name": event.agent or None,
        "rule.name": event.detail.get("rule"),
        "rule.version": event.policy or None,
        "observer.product": "nightlatch",
        "observer.type": "proxy",
        "labels": {"session": event.session} if event.session else None,
        "nightlatch": {name: outside(name, value) for name, value in event.detail.items() if value is not None} or None,
    }
    return {name: value for name, value in document.items() if value is not None}
