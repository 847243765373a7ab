"""What routes look like is told by whole sessions, as many as are bearable."""

import numpy as np

from nightlatch.core.policy import SECOND
from nightlatch.core.request import RequestView
from nightlatch.replay.attribution import LooksLike
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.sample import Sample, looks_of

LINES = [RequestView("GET", "", "/api/poll", "", {}, ""), RequestView("POST", "", "/oauth/token", "", {}, "")]


def _polling(sessions: int) -> Events:
    who = np.repeat(np.arange(sessions, dtype=np.uint64) << np.uint64(24), 50)
    at = np.tile(np.arange(50) * 30 * SECOND, sessions)
    return Events(who, at, np.zeros(len(at), np.uint32))


def test_a_timer_is_seen_in_all_of_a_small_log_and_in_a_part_of_a_large_one() -> None:
    for sessions in (3, 100):
        sample = Sample(most=1_000)
        sample.add(_polling(sessions))
        sample.add(_polling(0))
        assert sample.looks(LINES) == {"GET /api/poll": LooksLike.POLL}


def test_what_the_sample_has_not_is_judged_by_itself() -> None:
    assert looks_of(LINES[1], {}) is LooksLike.REFRESH
    assert looks_of(LINES[0], {"GET /api/poll": LooksLike.POLL}) is LooksLike.POLL
    assert looks_of(RequestView("GET", "", "/", "", {"sec-purpose": ("prefetch",)}, ""), {}) is LooksLike.PREFETCH
