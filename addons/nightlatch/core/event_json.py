"""An audit event as others see it: the JSON that the command line and the control API share."""

from typing import Any

from nightlatch.core.durations import seconds_down
from nightlatch.core.events import Chained
from nightlatch.core.instants import rfc3339

DURATIONS = frozenset({"limit", "elapsed", "by", "gap", "window"})
"""Fields of a type's own that hold microseconds inside, and whole seconds (rounded down) outside."""


def event_document(chained: Chained) -> dict[str, Any]:
    """`chained` as plain JSON values: the fields that every event has, then those of its type."""
    event = chained.event
    return {
        "id": chained.id,
        "type": str(event.type),
        "at": rfc3339(event.at),
        "session": event.session,
        "subject": event.subject,
        "network": event.network,
        "agent": event.agent,
        "policy": event.policy,
        "prev": chained.prev,
        "hash": chained.hash,
        **{name: outside(name, value) for name, value in event.detail.items()},
    }


def outside(name: str, value: Any) -> Any:
    """A field of a type's own: durations in whole seconds, the rest as it is."""
    return seconds_down(value) if name in DURATIONS and isinstance(value, int) else value
