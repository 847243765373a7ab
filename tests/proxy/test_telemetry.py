from typing import Any

import pytest
from opentelemetry.sdk.metrics.export import InMemoryMetricReader
from tests.proxy.bench import Bench

from nightlatch.proxy import telemetry
from nightlatch.proxy.telemetry import Telemetry


def points(reader: InMemoryMetricReader) -> dict[str, list[Any]]:
    gathered = reader.get_metrics_data()
    assert gathered is not None
    scopes = [scope for one in gathered.resource_metrics for scope in one.scope_metrics]
    return {each.name: list(each.data.data_points) for scope in scopes for each in scope.metrics}


def test_what_the_gate_decided_is_sent(bench: Bench) -> None:
    cookie = bench.log_in("ada")
    bench.visit(cookie=cookie)
    bench.visit(cookie=cookie)
    reader = InMemoryMetricReader()
    sent = Telemetry(bench.guard, bench.service.counting, reader)
    found = points(reader)
    verdicts = {point.attributes["nightlatch.verdict"]: point.value for point in found["nightlatch.decisions"]}
    assert verdicts["allow"] == 2 and found["nightlatch.ledger.usable"][0].value == 1
    assert [point.value for point in found["nightlatch.sessions"]] == [1]
    sent.close()


def test_one_export_looks_at_the_ledger_once(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ticks = [0]
    monkeypatch.setattr(telemetry, "monotonic_now", lambda: ticks[0])
    sent = Telemetry(bench.guard, bench.service.counting, InMemoryMetricReader())
    first = sent.figures()
    assert sent.figures() is first
    ticks[0] = telemetry.FRESH
    assert sent.figures() is not first
    sent.close()
