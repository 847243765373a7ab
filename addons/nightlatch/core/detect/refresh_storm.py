"""A session whose tokens are refreshed, whose credentials are rotated or which is extended unusually often.

Somebody keeps a stolen session alive by script, or a client refreshes in a loop. Window: the session's last minute.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, by_session, finding, number, recent
from nightlatch.core.detect.facts import Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.events import EventType

NAME = "refresh_storm"
WATCHES = frozenset(map(str, (EventType.SESSION_REFRESHED, EventType.SESSION_ROTATED, EventType.SESSION_EXTENDED)))


def step(times: tuple[int, ...] | None, fact: Fact, thresholds: Thresholds) -> tuple[tuple[int, ...], Finding | None]:
    """Found once `count` of them lie within `window`."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    times = recent(times, fact.at, window, count)
    if len(times) < count:
        return times, None
    why = f"The session was refreshed, rotated or extended {count} times within {format_duration(window)}."
    return times, finding(NAME, fact.session or "", fact, why, window=window, refreshes=count)


DETECTOR = Detector(NAME, WATCHES, by_session, step, within_window=True)
