from prometheus_client.parser import text_string_to_metric_families
from tests.metrics.counted import a_snapshot

from nightlatch.metrics.prometheus import exposition


def samples() -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    families = text_string_to_metric_families(exposition(a_snapshot()).decode())
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for family in families for one in family.samples}


def test_decisions_are_told_by_verdict_clock_and_rule() -> None:
    found = samples()
    labels = (("clock", "idle"), ("rule", 'ad"min\n'), ("verdict", "expired"))
    assert found["nightlatch_decisions_total", labels] == 2
    assert found["nightlatch_decisions_total", (("clock", ""), ("rule", ""), ("verdict", "allow"))] == 7


def test_latencies_are_a_cumulative_histogram() -> None:
    found = samples()
    below = [
        found["nightlatch_decision_seconds_bucket", (("le", bound),)] for bound in ("5e-05", "0.0001", "1.0", "+Inf")
    ]
    assert below == [1, 2, 3, 4] and found["nightlatch_decision_seconds_count", ()] == 4
    assert found["nightlatch_decision_seconds_sum", ()] > 7


def test_the_rest_is_told() -> None:
    found = samples()
    assert found["nightlatch_sessions", (("state", "active"),)] == 3
    assert found["nightlatch_findings_total", (("detector", "refresh_storm"),)] == 5
    assert found["nightlatch_policy_info", (("policy", "default"), ("version", "ad68b28d1769"))] == 1
    plain = {"events": 42, "ledger_bytes": 4096, "ledger_usable": 1, "clock_ahead_seconds": 1860}
    assert {name: found[f"nightlatch_{name}", ()] for name in plain} == plain
