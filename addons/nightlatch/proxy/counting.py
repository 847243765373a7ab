"""What monitoring wants to know of the gate: how many decisions of each kind, and how long they took.

On the path of every request, so it counts and does nothing else; `nightlatch.metrics` makes figures of it.
"""

from collections import Counter

from nightlatch.clock import monotonic_now
from nightlatch.core.verdict import Verdict
from nightlatch.metrics.snapshot import Decided, Latency

_MICROSECONDS = 1_000_000


class Counting:
    """Counts since the guard started."""

    def __init__(self) -> None:
        self._decisions: dict[tuple[str, str | None, str | None], int] = {}
        self.latency = Latency()

    def settled(self, verdict: Verdict, begun: int) -> None:
        """A request that arrived at `begun` (on the monotonic clock) was judged, and what had to be on disk is."""
        key, decisions = (verdict.kind, verdict.clock, verdict.rule), self._decisions
        decisions[key] = decisions.get(key, 0) + 1
        self.latency.add((monotonic_now() - begun) / _MICROSECONDS)

    def decisions(self) -> Counter[Decided]:
        """How many decisions of each kind."""
        counted = dict(self._decisions)  # in one step: another thread may ask
        return Counter({Decided(*(str(word or "") for word in key)): times for key, times in counted.items()})

    def latencies(self) -> Latency:
        """How long they took, as it stands now."""
        return Latency(list(self.latency.buckets), self.latency.total)
