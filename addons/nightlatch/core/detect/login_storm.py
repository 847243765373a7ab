"""Logins fail again and again, from one network or for one subject: somebody guesses, or a client is broken.

Window: the failures of the last minute. Successful logins do not count (see `many_sessions`), and failures from a
whole office behind one address take more than a few people to add up. An event of a group counts as often as it says.
A provider or a key set that is down makes everybody fail, and says nothing of those who tried.
"""

from collections.abc import Iterator

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding, number, recent
from nightlatch.core.detect.facts import Fact
from nightlatch.core.durations import format_duration
from nightlatch.core.events import EventType

NAME = "login_storm"


_NOBODYS_FAULT = frozenset({"provider_down", "unverifiable"})


def key(fact: Fact) -> str | None:
    """The subject where it is known (guessing from many networks), else the network."""
    return None if fact.text("reason") in _NOBODYS_FAULT else fact.subject or fact.network or None


def step(times: tuple[int, ...] | None, fact: Fact, thresholds: Thresholds) -> tuple[tuple[int, ...], Finding | None]:
    """Found once `count` failures lie within `window`."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    found = times or ()
    for at in _moments(fact, count):
        found = recent(found, at, window, count)
    if len(found) < count:
        return found, None
    whose = f"of {fact.subject}" if fact.subject else f"from {fact.network}"
    why = f"{count} logins {whose} failed within {format_duration(window)}."
    return found, finding(NAME, key(fact) or "", fact, why, window=window, failures=count)


def _moments(fact: Fact, most: int) -> Iterator[int]:
    """When those that the fact tells of happened, the last `most` of them: a group evenly over the time it took."""
    told = fact.whole("count") or 1
    apart = fact.whole("window") // told
    return (fact.at - back * apart for back in reversed(range(min(told, most))))


DETECTOR = Detector(
    NAME, frozenset((str(EventType.LOGIN_FAILED), str(EventType.LOGIN_SILENT))), key, step, within_window=True
)
