"""What is measured of a guard that runs, and what is held against it."""

import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple


class Sample(NamedTuple):
    """One hour of the day, at its end."""

    hour: int
    requests: int
    """Since the day began."""
    memory: int
    """KB that belong to the process alone (`RssAnon`): what a leak would be in."""
    files: int
    """Descriptors, sockets among them."""
    threads: int
    ledger: int
    """KB, with its log."""
    log: int
    """KB of the log alone."""
    p50: float
    """Milliseconds; of allowed requests, seen by the client."""
    p99: float


class Limits(NamedTuple):
    """What the day may come to."""

    slope: float
    """KB of memory for each 100,000 requests."""
    files: int
    """Descriptors more at the end than after the first hour."""
    p50: float
    """The last third's median against the first third's."""
    p99: float
    log: int
    """KB of the ledger's log."""


class Verdict(NamedTuple):
    """One line of the closing table."""

    what: str
    measured: str
    limit: str
    holds: bool


def sampled(pid: int, ledger: Path, hour: int, requests: int, seconds: Sequence[float]) -> Sample:
    """What the process `pid` has come to."""
    status = dict(line.partition(":")[::2] for line in Path(f"/proc/{pid}/status").read_text().splitlines())
    log = Path(f"{ledger}-wal")
    log_size = log.stat().st_size // 1024 if log.exists() else 0
    ordered = sorted(seconds) or [0.0]
    return Sample(
        hour,
        requests,
        int(status["RssAnon"].split()[0]),
        len(list(Path(f"/proc/{pid}/fd").iterdir())),
        int(status["Threads"]),
        ledger.stat().st_size // 1024 + log_size,
        log_size,
        round(1000 * ordered[len(ordered) // 2], 3),
        round(1000 * ordered[len(ordered) * 99 // 100], 3),
    )


def slope(samples: Sequence[Sample]) -> float:
    """The median of the slopes between all pairs of samples (Theil and Sen), KB of memory for each 100,000 requests. A
    jump, such as a cache that doubles, hardly moves it; what grows and grows does."""
    pairs = ((one, other) for at, one in enumerate(samples) for other in samples[at + 1 :])
    slopes = [1e5 * (other.memory - one.memory) / (other.requests - one.requests) for one, other in pairs]
    return statistics.median(slopes)


def verdicts(samples: Sequence[Sample], limits: Limits) -> list[Verdict]:
    """What became of each promise; memory over the last two thirds of the day, when every cache is full."""
    third = max(1, len(samples) // 3)
    first, last = samples[:third], samples[-third:]
    growth = slope(samples[third:])
    more = samples[-1].files - samples[0].files
    log = max(sample.log for sample in samples)
    found = [
        Verdict("memory", f"{growth:+.0f} KB / 100,000 requests", f"{limits.slope:.0f}", growth <= limits.slope),
        Verdict("descriptors", f"{more:+d} since the first hour", f"{limits.files:+d}", more <= limits.files),
        Verdict("the ledger's log", f"{log} KB at most", f"{limits.log}", log <= limits.log),
    ]
    for name, limit in (("p50", limits.p50), ("p99", limits.p99)):
        ratio = _middle(last, name) / _middle(first, name)
        found.append(Verdict(name, f"{ratio:.2f} times the first third", f"{limit:.1f}", ratio <= limit))
    return found


def _middle(samples: Sequence[Sample], name: str) -> float:
    return float(statistics.median(getattr(sample, name) for sample in samples))
