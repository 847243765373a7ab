"""Logins fail again and again, from one network or for one subject: somebody guesses, or a client is broken.

Window: the failures of the last minute. Successful logins do not count (see `many_sessions`), and failures from a
whole office behind one address take more than a few people to add up.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding, number, recent
from nightlatch.core.detect.facts import Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.events import EventType

NAME = "login_storm"


def key(fact: Fact) -> str | None:
    """The subject where it is known (guessing from many networks), else the network."""
    return fact.subject or fact.network or None


def step(times: tuple[int, ...] | None, fact: Fact, thresholds: Thresholds) -> tuple[tuple[int, ...], Finding | None]:
    """Found once `count` failures lie within `window`."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    times = recent(times, fact.at, window, count)
    if len(times) < count:
        return times, None
    whose = f"of {fact.subject}" if fact.subject else f"from {fact.network}"
    why = f"{count} logins {whose} failed within {format_duration(window)}."
    return times, finding(NAME, key(fact) or "", fact, why, window=window, failures=count)


DETECTOR = Detector(NAME, frozenset((str(EventType.LOGIN_FAILED), str(EventType.LOGIN_SILENT))), key, step)
