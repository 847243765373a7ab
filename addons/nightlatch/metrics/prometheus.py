"""The figures as Prometheus reads them, in its text format; by its conventions: base units, `_total` for counters."""

from collections.abc import Iterator

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from nightlatch.metrics.snapshot import BOUNDS, Latency, Snapshot

CONTENT_TYPE = CONTENT_TYPE_LATEST


def exposition(snapshot: Snapshot) -> bytes:
    """`snapshot` in the text format."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_Given(snapshot))
    return generate_latest(registry)


class _Given(Collector):
    """What prometheus_client asks for the metrics."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot

    def collect(self) -> Iterator[Metric]:
        snapshot = self._snapshot
        yield _decisions(snapshot)
        yield _latency(snapshot.latency)
        yield _by("sessions", "Sessions by state.", "state", dict(snapshot.sessions))
        yield _one("events", "Audit events that are kept.", snapshot.events)
        yield _one("ledger_bytes", "Size of the ledger.", snapshot.ledger_bytes)
        yield _one("ledger_usable", "1 while the ledger can be read and written.", int(snapshot.ledger_usable))
        alerts = CounterMetricFamily("nightlatch_findings", "What detectors found.", labels=["detector"])
        for detector, times in sorted(snapshot.alerts.items()):
            alerts.add_metric([detector], times)
        yield alerts
        yield _by(
            "policy_info", "The policy in force.", "version", {snapshot.policy_version: 1}, policy=snapshot.policy
        )
        yield _one("clock_ahead_seconds", "How far the clock is warped ahead of wall time.", snapshot.clock_ahead)
        yield _one("review_overdue_seconds", "By how much the audit review is overdue.", snapshot.review_overdue)


def _decisions(snapshot: Snapshot) -> Metric:
    family = CounterMetricFamily(
        "nightlatch_decisions", "Decisions by verdict, clock and rule.", labels=["verdict", "clock", "rule"]
    )
    for decided, times in sorted(snapshot.decisions.items()):
        family.add_metric(list(decided), times)
    return family


def _latency(latency: Latency) -> Metric:
    family = HistogramMetricFamily("nightlatch_decision_seconds", "How long a decision took.")
    buckets, below = [], 0
    for bound, count in zip((*map(str, BOUNDS), "+Inf"), latency.buckets, strict=True):
        below += count
        buckets.append((bound, below))
    family.add_metric([], buckets, latency.total)
    return family


def _one(name: str, help_: str, value: float) -> Metric:
    return GaugeMetricFamily(f"nightlatch_{name}", help_, value=value)


def _by(name: str, help_: str, label: str, values: dict[str, int], **more: str) -> Metric:
    family = GaugeMetricFamily(f"nightlatch_{name}", help_, labels=[label, *more])
    for value, number in sorted(values.items()):
        family.add_metric([value, *more.values()], number)
    return family
