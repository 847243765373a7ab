"""Events and alerts for the tests of channels."""

from typing import Any

from nightlatch.alerts.channel import Told
from nightlatch.core.alert import Alert
from nightlatch.core.events import Chained, Event, EventType
from nightlatch.core.policy import SECOND

T0 = 1_700_000_000 * SECOND
ALERT = Alert(
    *(7, "rotation_reuse", "s1", T0, T0 + SECOND, 3, "s1", "ada", "10.0.0.0/24", "curl", "end", "An old one.", 9, "v1"),
    open=True,
)


def told(kind: EventType = EventType.ALERT_RAISED, alert: Alert | None = ALERT, **detail: Any) -> Told:
    """An event as it comes from the ledger, with its alert."""
    if kind is EventType.ALERT_RAISED:
        detail = {"alert": 7, "detector": "rotation_reuse", "then": "end", "count": 1, **detail}
    event = Event(kind, T0 + 1, "s1", "ada", "10.0.0.0/24", "curl", "v1", detail)
    return Told(Chained(9, event, "0" * 64, "ab" * 32), alert if kind is EventType.ALERT_RAISED else None)
