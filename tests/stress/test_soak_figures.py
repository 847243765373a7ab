"""What grows is seen, and what fills up once is not taken for it."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from scripts.stress.soak_figures import Limits, Sample, sampled, slope, verdicts

LIMITS = Limits(slope=300, files=20, p50=1.5, p99=1.5, log=65_536)


def a_day(
    memory: Callable[[int], float], files: Callable[[int], int] = lambda hour: 50, slower: float = 1
) -> list[Sample]:
    """24 hours of 25,000 requests, memory in KB by hour."""
    return [
        Sample(
            hour=hour,
            requests=25_000 * hour,
            memory=round(memory(hour)),
            files=files(hour),
            threads=9,
            ledger=100,
            log=10,
            p50=2 * slower ** (hour / 24),
            p99=9 * slower ** (hour / 24),
        )
        for hour in range(1, 25)
    ]


def broken(samples: list[Sample]) -> list[str]:
    return [line.what for line in verdicts(samples, LIMITS) if not line.holds]


def test_a_flat_day_holds() -> None:
    assert broken(a_day(lambda hour: 90_000)) == []


@pytest.mark.parametrize("leak", [4, 16, 1000])
def test_a_few_bytes_of_each_request_are_seen(leak: int) -> None:
    samples = a_day(lambda hour: 90_000 + leak * 25_000 * hour / 1024)
    assert broken(samples) == ["memory"]
    assert slope(samples) == pytest.approx(leak * 1e5 / 1024, rel=0.02)


def test_a_cache_that_fills_early_or_doubles_late_is_no_leak() -> None:
    assert broken(a_day(lambda hour: 90_000 + 4_000 * min(hour, 7))) == []
    assert broken(a_day(lambda hour: 90_000 + (8_000 if hour > 20 else 0))) == []


def test_descriptors_and_slowness_are_seen() -> None:
    assert broken(a_day(lambda hour: 1, lambda hour: 50 + hour)) == ["descriptors"]
    assert broken(a_day(lambda hour: 1, slower=3)) == ["p50", "p99"]


def test_a_process_is_looked_at(tmp_path: Path) -> None:
    (ledger := tmp_path / "l.db").write_bytes(b"x" * 4096)
    (tmp_path / "l.db-wal").write_bytes(b"x" * 2048)
    sample = sampled(os.getpid(), ledger, 1, 10, [0.001] * 98 + [0.1] * 2)
    assert sample.memory > 1000 and sample.files > 2 and sample.threads > 0
    assert (sample.ledger, sample.log, sample.p50, sample.p99) == (6, 2, 1.0, 100.0)
