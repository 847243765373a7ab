"""An alert as others see it: the JSON that the command line, the control API and receivers of alerts share."""

from typing import Any

from nightlatch.core.alert import Alert
from nightlatch.core.event_json import outside
from nightlatch.core.instants import rfc3339


def alert_document(alert: Alert) -> dict[str, Any]:
    """`alert` as plain JSON values; durations in `detail` in whole seconds."""
    return {
        "id": alert.id,
        "detector": alert.detector,
        "raised_at": rfc3339(alert.raised_at),
        "last_at": rfc3339(alert.last_at),
        "count": alert.times,
        "session": alert.session,
        "subject": alert.subject,
        "network": alert.network,
        "agent": alert.agent,
        "then": alert.then,
        "why": alert.why,
        "event": alert.event,
        "policy": alert.policy,
        "open": alert.open,
        "detail": {name: outside(name, value) for name, value in alert.detail.items()},
    }
