"""Tokens come from the future: the issuer's clock and this one differ, so limits are measured wrongly, or somebody
makes tokens ahead of time. Window: such tokens of the last minutes, whoever brought them.
"""

from nightlatch.core.alert import Finding
from nightlatch.core.detect.detector import Detector, Thresholds, finding, number, recent
from nightlatch.core.detect.facts import SKEWED, Fact
from nightlatch.core.durations import format_duration

NAME = "skewed_tokens"


def key(fact: Fact) -> str | None:
    """All of them together: it is the clocks that differ."""
    return "clocks"


def step(times: tuple[int, ...] | None, fact: Fact, thresholds: Thresholds) -> tuple[tuple[int, ...], Finding | None]:
    """Found once `count` of them lie within `window`."""
    count, window = number(thresholds, "count"), number(thresholds, "window")
    times = recent(times, fact.at, window, count)
    if len(times) < count:
        return times, None
    why = f"{count} tokens within {format_duration(window)} were issued in the future: compare the clocks."
    return times, finding(NAME, "clocks", fact, why, window=window)


DETECTOR = Detector(NAME, frozenset((SKEWED,)), key, step, within_window=True)
