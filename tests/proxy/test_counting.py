from nightlatch.clock import monotonic_now
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.metrics.snapshot import Decided
from nightlatch.proxy.counting import Counting


def test_decisions_are_counted_by_verdict_clock_and_rule() -> None:
    counting = Counting()
    for _ in range(3):
        counting.settled(Verdict(Kind.ALLOW, "live"), monotonic_now())
    counting.settled(Verdict(Kind.EXPIRED, "clock", "admin", Clock.IDLE), monotonic_now() - 2_000_000)
    assert counting.decisions() == {Decided("allow", "", ""): 3, Decided("expired", "idle", "admin"): 1}
    assert counting.latency.count == 4 and counting.latency.buckets[-1] == 1 and counting.latency.total >= 2
