"""A snapshot with a bit of everything."""

from collections import Counter

from nightlatch.metrics.snapshot import Decided, Latency, Snapshot


def a_snapshot() -> Snapshot:
    latency = Latency()
    for seconds in (0.00003, 0.00009, 0.002, 7.0):
        latency.add(seconds)
    decisions = Counter({Decided("allow", "", ""): 7, Decided("expired", "idle", 'ad"min\n'): 2})
    return Snapshot(
        decisions,
        latency,
        {"active": 3, "expired": 1},
        42,
        4096,
        True,
        {"refresh_storm": 5},
        "default",
        "ad68b28d1769",
        1860.0,
        0.0,
    )
