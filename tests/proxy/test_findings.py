"""Findings become alerts: behind, counted where they are many, and with what follows from the next request on."""

import logging

import pytest
from tests.ledger.samples import a_finding
from tests.proxy.bench import Bench

from nightlatch.core.policy import MINUTE
from nightlatch.core.verdict import Kind
from nightlatch.proxy import findings as module
from nightlatch.proxy.findings import Findings


def test_a_storm_is_a_few_writes_that_count(bench: Bench, caplog: pytest.LogCaptureFixture) -> None:
    findings = Findings(bench.guard)
    with caplog.at_level(logging.WARNING):
        for _ in range(1000):
            findings.raise_soon(a_finding("s", bench.wall), "alert")
        while findings._waiting or findings._writing:
            bench.written()
            findings.write()
    (alert,) = bench.guard.reader.alerts()
    assert alert.times == 1000
    assert [record.message for record in caplog.records if "alert" in record.message] == [
        "alert 1 refresh_storm (alert) s alice: ten refreshes"
    ]


def test_what_follows_holds_before_it_is_written(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cookie = bench.log_in()
    findings = Findings(bench.guard)
    monkeypatch.setattr(findings, "write", lambda: None)
    findings.raise_soon(a_finding(bench.session().id, bench.wall), "step_up")
    assert bench.guard.reader.sessions()[0].step_up_at is None
    assert bench.kind(cookie=cookie) is Kind.STEP_UP
    monkeypatch.undo()
    findings.flush()
    bench.written()
    assert bench.guard.reader.sessions()[0].step_up_at == bench.wall
    assert bench.guard.demanded == {}
    assert bench.kind(cookie=cookie) is Kind.STEP_UP


def test_more_than_can_wait_is_dropped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST_WAITING", 2)
    findings = Findings(bench.guard)
    monkeypatch.setattr(findings, "write", lambda: None)
    for key in ("a", "b", "c", "a"):
        findings.raise_soon(a_finding(key, bench.wall), "alert")
    assert [waiting.finding.times for waiting in findings._waiting.values()] == [2, 1]


def test_an_alert_is_closed_once_it_is_quiet(bench: Bench) -> None:
    findings = Findings(bench.guard)
    findings.raise_soon(a_finding("s", bench.wall), "alert")
    findings.flush()
    bench.later(11)
    findings.flush()
    bench.written()
    assert [alert.open for alert in bench.guard.reader.alerts()] == [False]
    assert bench.guard.reader.alerts()[0].last_at == bench.wall - 11 * MINUTE
