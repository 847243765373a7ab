"""One subject starts many sessions in a short time: a script logs in, or many people share one account.

Off unless asked for: tests and service accounts do just that. Window: the sessions that the subject started in the
last hour and that have not ended.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding, number
from nightlatch.core.detect.facts import Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.events import EventType

NAME = "many_sessions"
_ENDS = frozenset(map(str, (EventType.SESSION_ENDED, EventType.SESSION_EXPIRED)))
_STARTS = frozenset(map(str, (EventType.SESSION_CREATED, EventType.SESSION_ADOPTED)))

Started = tuple[tuple[int, str], ...]


def key(fact: Fact) -> str | None:
    """The subject."""
    return fact.subject


def step(started: Started | None, fact: Fact, thresholds: Thresholds) -> tuple[Started | None, Finding | None]:
    """Found while more than `count` sessions that began within `window` live at once."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    kept = tuple(entry for entry in started or () if fact.at - window < entry[0] and entry[1] != fact.session)
    if fact.kind in _ENDS:
        return kept or None, None
    kept = (*kept, (fact.at, fact.session or ""))[-count - 1 :]
    if len(kept) <= count:
        return kept, None
    why = f"{fact.subject} started more than {count} sessions within {format_duration(window)} that all live."
    return kept, finding(NAME, fact.subject or "", fact, why, window=window)


DETECTOR = Detector(NAME, _ENDS | _STARTS, key, step, within_window=True)
