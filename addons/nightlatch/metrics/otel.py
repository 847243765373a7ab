"""The figures as OpenTelemetry wants them sent (extra `otel`), over OTLP/HTTP from a thread of its own.

Names follow its conventions: dots, a unit in the metric and not in its name. Where to send is said by the standard
variables (`OTEL_EXPORTER_OTLP_ENDPOINT` and its kin). The latencies go as a count and a sum: OpenTelemetry has no
observable histogram.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING

from nightlatch.metrics.snapshot import Snapshot

if TYPE_CHECKING:
    from opentelemetry.metrics import CallbackOptions, Observation
    from opentelemetry.sdk.metrics import MeterProvider
    from opentelemetry.sdk.metrics.export import MetricReader

Asked = Callable[[], Snapshot]
Values = Iterable[tuple[float, Mapping[str, str]]]


class OtelMissing(RuntimeError):
    """The extra is not installed; the message says how to install it."""


def open_meters(asked: Asked, reader: "MetricReader | None" = None) -> "MeterProvider":
    """Start sending what `asked` gives; `shutdown` ends it.

    Args:
        asked: called from the exporter's thread, once an export and metric.
        reader: where to, if not by OTLP.

    Raises:
        OtelMissing: the extra `otel` is not installed.
    """
    try:
        from opentelemetry.metrics import Observation
        from opentelemetry.sdk.metrics import MeterProvider
        from opentelemetry.sdk.resources import Resource
    except ImportError:
        raise OtelMissing("OpenTelemetry is not installed: pip install 'nightlatch[otel]'") from None
    provider = MeterProvider([reader or _by_otlp()], Resource.create({"service.name": "nightlatch"}))
    meter = provider.get_meter("nightlatch")

    def seen(values: Callable[[Snapshot], Values]) -> "Callable[[CallbackOptions], Iterator[Observation]]":
        return lambda _: (Observation(value, dict(labels)) for value, labels in values(asked()))

    for name, unit, values in _COUNTERS:
        meter.create_observable_counter(name, [seen(values)], unit)
    for name, unit, values in _GAUGES:
        meter.create_observable_gauge(name, [seen(values)], unit)
    return provider


def is_installed() -> bool:
    """Whether the extra is there."""
    try:
        return find_spec("opentelemetry.sdk.metrics") is not None
    except ModuleNotFoundError:
        return False


def _by_otlp() -> "MetricReader":
    from opentelemetry.exporter.otlp.proto.http.metric_exporter import OTLPMetricExporter
    from opentelemetry.sdk.metrics.export import PeriodicExportingMetricReader

    return PeriodicExportingMetricReader(OTLPMetricExporter())


def _decisions(snapshot: Snapshot) -> Values:
    for decided, times in snapshot.decisions.items():
        labels = {f"nightlatch.{name}": value for name, value in decided._asdict().items() if value}
        yield times, labels


def _sessions(snapshot: Snapshot) -> Values:
    return ((count, {"nightlatch.session.state": state}) for state, count in snapshot.sessions.items())


def _findings(snapshot: Snapshot) -> Values:
    return ((count, {"nightlatch.detector": detector}) for detector, count in snapshot.alerts.items())


def _plain(value: Callable[[Snapshot], float]) -> Callable[[Snapshot], Values]:
    return lambda snapshot: [(value(snapshot), {})]


Row = tuple[str, str, Callable[[Snapshot], Values]]

_COUNTERS: tuple[Row, ...] = (
    ("nightlatch.decisions", "{decision}", _decisions),
    ("nightlatch.decision.time", "s", _plain(lambda snapshot: snapshot.latency.total)),
    ("nightlatch.findings", "{finding}", _findings),
)
_GAUGES: tuple[Row, ...] = (
    ("nightlatch.sessions", "{session}", _sessions),
    ("nightlatch.ledger.size", "By", _plain(lambda snapshot: snapshot.ledger_bytes)),
    ("nightlatch.ledger.events", "{event}", _plain(lambda snapshot: snapshot.events)),
    ("nightlatch.ledger.usable", "1", _plain(lambda snapshot: int(snapshot.ledger_usable))),
    ("nightlatch.clock.ahead", "s", _plain(lambda snapshot: snapshot.clock_ahead)),
    ("nightlatch.review.overdue", "s", _plain(lambda snapshot: snapshot.review_overdue)),
)
