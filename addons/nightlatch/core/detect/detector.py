"""What a detector is: which facts it watches, what it groups them by, and one step over them. Values only."""

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from nightlatch.core.alert import Finding
from nightlatch.core.detect.facts import Fact
from nightlatch.core.events import Field

Thresholds = Mapping[str, int | str]
"""As in the policy, defaults filled in; durations in microseconds."""

Memory = Any
"""What a detector keeps between two facts of one key; immutable, and its own business."""

Step = Callable[[Memory | None, Fact, Thresholds], tuple[Memory | None, Finding | None]]
"""One fact more: what to keep from now on (None: nothing), and what was found."""


class Detector(NamedTuple):
    """One detector."""

    name: str
    watches: frozenset[str]
    """The kinds of facts that it wants."""
    key: Callable[[Fact], str | None]
    """What it remembers by; None for a fact that does not concern it."""
    step: Step
    within_window: bool = False
    """What lies as far back as the threshold `window` matters to it no more, so it need not be kept."""


def finding(name: str, key: str, fact: Fact, why: str, **detail: Field) -> Finding:
    """What the detector `name` found at `fact`."""
    who = (fact.session, fact.subject, fact.network, fact.agent)
    return Finding(name, key, fact.at, why, *who, fact.id, detail)


def by_session(fact: Fact) -> str | None:
    """The key of detectors that look at one session at a time."""
    return fact.session


def recent(times: tuple[int, ...] | None, at: int, window: int, most: int) -> tuple[int, ...]:
    """`times` and `at`, without what lies `window` or longer back; only the last `most` of them."""
    return (*(time for time in times or () if at - window < time), at)[-most:]


def number(thresholds: Thresholds, name: str) -> int:
    """A threshold that is a number or a duration."""
    value = thresholds[name]
    assert isinstance(value, int)  # noqa: S101 (the policy's reader filled it in)
    return value
