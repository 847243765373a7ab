import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.metrics.snapshot import BOUNDS, Latency


@given(st.lists(st.floats(0, 10, allow_nan=False), max_size=50))
def test_every_decision_is_in_one_bucket_and_in_the_sum(durations: list[float]) -> None:
    latency = Latency()
    for seconds in durations:
        latency.add(seconds)
    assert latency.count == len(durations) and latency.total == pytest.approx(sum(durations))
    for number, bound in enumerate(BOUNDS, 1):
        assert sum(latency.buckets[:number]) == sum(seconds <= bound for seconds in durations)
