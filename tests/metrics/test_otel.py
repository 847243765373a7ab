import sys
from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from tests.metrics.counted import a_snapshot

from nightlatch.metrics.otel import OtelMissing, open_meters


def test_everything_is_sent_with_its_unit_and_labels() -> None:
    reader = InMemoryMetricReader()
    provider = open_meters(a_snapshot, reader)
    gathered = reader.get_metrics_data()
    assert gathered is not None
    metrics = {
        each.name: each for one in gathered.resource_metrics for scope in one.scope_metrics for each in scope.metrics
    }
    provider.shutdown()
    points: dict[str, list[Any]] = {name: list(each.data.data_points) for name, each in metrics.items()}
    told = [(point.value, dict(point.attributes)) for point in points["nightlatch.decisions"]]
    assert (2, {"nightlatch.verdict": "expired", "nightlatch.clock": "idle", "nightlatch.rule": 'ad"min\n'}) in told
    assert points["nightlatch.ledger.size"][0].value == 4096 and metrics["nightlatch.ledger.size"].unit == "By"
    assert len(metrics) == 9


def test_without_the_extra_it_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "opentelemetry.sdk.metrics", None)
    with pytest.raises(OtelMissing, match=r"nightlatch\[otel\]"):
        open_meters(a_snapshot)
