"""What the trail tells of a time: counts by type, by day, by how sessions ended, and which policies were in force."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from nightlatch.core.events import Chained, Event, EventType, occurrences
from nightlatch.core.instants import rfc3339

BEGINNINGS = (EventType.SESSION_CREATED, EventType.SESSION_ADOPTED)


@dataclass(slots=True)
class History:
    """Counted event by event, oldest first."""

    types: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    """By the clock that ran out, else by the reason."""
    started: Counter[str] = field(default_factory=Counter)
    """By day (UTC)."""
    ended: dict[str, Counter[str]] = field(default_factory=dict)
    """By day, by how."""
    policies: list[Event] = field(default_factory=list)
    """`policy.loaded` and `policy.rejected`, in order."""
    warps: int = 0

    def add(self, event: Event) -> None:
        """Count one event."""
        self.types[str(event.type)] += occurrences(event)
        day = rfc3339(event.at)[:10]
        if event.type in BEGINNINGS:
            self.started[day] += 1
        elif (how := ending(event)) is not None:
            self.endings[how] += 1
            self.ended.setdefault(day, Counter())[how] += 1
        elif event.type in (EventType.POLICY_LOADED, EventType.POLICY_REJECTED):
            self.policies.append(event)
        elif event.type is EventType.CLOCK_WARPED:
            self.warps += 1

    def days(self) -> list[dict[str, object]]:
        """Every day on which something began or ended."""
        days = sorted({*self.started, *self.ended})
        return [{"day": day, "started": self.started[day], "ended": dict(self.ended.get(day, {}))} for day in days]


def ending(event: Event) -> str | None:
    """How a session ended, when `event` tells that: the clock, else the reason."""
    if event.type is EventType.SESSION_EXPIRED:
        return str(event.detail.get("clock"))
    return str(event.detail.get("reason")) if event.type is EventType.SESSION_ENDED else None


def history(events: Iterable[Chained]) -> History:
    """Everything that `events` tell."""
    found = History()
    for chained in events:
        found.add(chained.event)
    return found
