"""A client is sent to the login again and again for one page, and never gets there.

Window: the redirects of the last half minute. Scripts get a 401 and do not count. The guard itself stops a browser
that goes in circles through the login; that is told at once.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding, number, recent
from nightlatch.core.detect.facts import BOUNCED, Fact
from nightlatch.core.durations import format_duration

NAME = "redirect_loop"


def key(fact: Fact) -> str | None:
    """A client (as coarsely as the trail knows it) and a page."""
    return f"{fact.network} {fact.agent} {fact.text('path')}"


def step(times: tuple[int, ...] | None, fact: Fact, thresholds: Thresholds) -> tuple[tuple[int, ...], Finding | None]:
    """Found once `count` redirects lie within `window`, or the guard has explained the loop to the browser."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    times = recent(times, fact.at, window, count)
    path = fact.text("path")
    if fact.detail.get("loop") is True:
        why = f"A browser went through the login and was sent there again, in circles, for {path}."
        return times, finding(NAME, key(fact) or "", fact, why, path=path)
    if len(times) < count:
        return times, None
    why = f"A client was sent to the login {count} times within {format_duration(window)} for {path}."
    return times, finding(NAME, key(fact) or "", fact, why, path=path, window=window, redirects=count)


DETECTOR = Detector(NAME, frozenset((BOUNCED,)), key, step, within_window=True)
