"""The figures of a guard at one instant, and the latencies of its decisions. Values only."""

from bisect import bisect_left
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

BOUNDS = (0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.25, 1.0)
"""Upper bounds of the buckets, seconds: a decision takes some ten microseconds, one that is written down some
milliseconds."""


class Decided(NamedTuple):
    """By what decisions are counted. Empty where there is none."""

    verdict: str
    clock: str
    rule: str


@dataclass(slots=True)
class Latency:
    """How long decisions took: a histogram over `BOUNDS`."""

    buckets: list[int] = field(default_factory=lambda: [0] * (len(BOUNDS) + 1))
    """How many fell into each bucket, the last being all that took longer."""
    total: float = 0.0
    """Seconds."""

    def add(self, seconds: float) -> None:
        """One decision."""
        self.buckets[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds

    @property
    def count(self) -> int:
        """How many decisions."""
        return sum(self.buckets)


class Snapshot(NamedTuple):
    """Everything that is told."""

    decisions: Counter[Decided]
    latency: Latency
    sessions: Mapping[str, int]
    """By state."""
    events: int
    ledger_bytes: int
    ledger_usable: bool
    alerts: Mapping[str, int]
    """How often each detector found something."""
    policy: str
    policy_version: str
    clock_ahead: float
    """Seconds by which nightlatch's clock is ahead of the wall's."""
    review_overdue: float
    """Seconds; 0 when no review is due."""
