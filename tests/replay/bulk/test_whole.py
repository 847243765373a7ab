"""A log in batches is judged as one, in memory and from disk."""

from collections.abc import Iterator

import numpy as np
import pytest
from tests.replay.made import policy, rule

from nightlatch.core.policy import SECOND
from nightlatch.core.request import RequestView
from nightlatch.replay.bulk import whole
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.partition import Judge, Part
from nightlatch.replay.bulk.whole import joined, judged

LINES = [RequestView(method, "", path, "", {}, "") for path in ("/", "/poll", "/admin") for method in ("GET", "POST")]
UNDER = policy(900, 3600, rule("admin", "/admin", 300, 1800), passive="/poll")
COUNT = 6_000


def _log(*, timed: bool = False) -> Events:
    random = np.random.default_rng(7)
    session = random.integers(0, 400, COUNT).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    at = np.sort(random.integers(0, 200_000, COUNT)).astype(np.int64) * SECOND
    took = random.integers(0, 3, COUNT).astype(np.int64) * SECOND if timed else None
    return Events(session, at, random.integers(0, len(LINES), COUNT).astype(np.uint32), took)


def _batches(log: Events, size: int) -> Iterator[Events]:
    for begin in range(0, len(log.at), size):
        yield log.take(np.arange(begin, min(begin + size, len(log.at))))


def _judge(log: Events, size: int, held: int) -> tuple[Part, list[float]]:
    judge, shares = Judge(UNDER, LINES, int(log.at.max()) if len(log.at) else 0), list[float]()
    (part,) = judged(_batches(log, size), lambda: [judge], held=held, done=shares.append)
    return part, shares


@pytest.mark.parametrize("timed", [False, True])
def test_in_memory_in_parts_and_from_disk_it_is_the_same(monkeypatch: pytest.MonkeyPatch, timed: bool) -> None:
    log = _log(timed=timed)
    whole_log, _ = _judge(log, COUNT, COUNT)
    monkeypatch.setattr(whole, "A_PART", 1_000)
    in_parts, shares = _judge(log, 1_000, COUNT)
    on_disk, _ = _judge(log, 1_000, 2_500)
    assert whole_log.sums == in_parts.sums == on_disk.sums
    assert whole_log.verdicts == in_parts.verdicts == on_disk.verdicts
    assert whole_log.activity.tolist() == in_parts.activity.tolist() == on_disk.activity.tolist()
    assert whole_log.sums.generations > 400
    assert shares[-1] == 1.0
    assert shares == sorted(shares)


def test_several_policies_are_judged_in_one_go() -> None:
    log = _log()
    ends = int(log.at.max())
    loose, tight = (Judge(policy(idle, None), LINES, ends) for idle in (3600, 60))
    first, second = judged([log], lambda: [loose, tight])
    assert first.sums == loose.part(log).sums
    assert second.sums == tight.part(log).sums


def test_nothing_at_all() -> None:
    part, _ = _judge(joined([]), 10, 10)
    assert part.sums.generations == 0
    (empty,) = judged([], lambda: [Judge(UNDER, LINES, 0)])
    assert empty.sums.generations == 0


def test_where_one_batch_tells_how_long_the_others_took_no_time() -> None:
    both = joined([_log(timed=True), _log()])
    assert both.duration is not None
    assert both.duration[COUNT:].tolist() == [0] * COUNT
