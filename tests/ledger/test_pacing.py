from collections.abc import Iterator

import pytest

from nightlatch.ledger import pacing


class Pause:
    """Notes for how long somebody would have rested."""

    def __init__(self) -> None:
        self.rests: list[float] = []

    def wait(self, seconds: float) -> None:
        self.rests.append(seconds)


@pytest.fixture
def pause(monkeypatch: pytest.MonkeyPatch) -> Pause:
    ticks: Iterator[int] = iter(range(0, 10**9, 1_000_000))
    pause = Pause()
    monkeypatch.setattr(pacing, "_PAUSE", pause)
    monkeypatch.setattr(pacing, "monotonic_now", lambda: next(ticks))
    return pause


def test_each_step_is_followed_by_a_rest_four_times_as_long(pause: Pause) -> None:
    work = iter([200, 200, 7, 0])
    assert list(pacing.paced(lambda: next(work))) == [200, 200, 7]
    assert pause.rests == [4.0, 4.0, 4.0]


def test_where_there_is_nothing_to_do_nobody_rests(pause: Pause) -> None:
    assert list(pacing.paced(lambda: 0)) == [] and pause.rests == []
