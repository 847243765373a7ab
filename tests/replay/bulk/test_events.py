"""Columns of events, and sums of parts."""

import numpy as np

from nightlatch.replay.bulk.events import Events, Sums


def test_some_of_the_events_in_every_column() -> None:
    events = Events(np.arange(4, dtype=np.uint64), np.arange(4), np.arange(4, dtype=np.uint32), np.arange(4))
    some = events.take(np.array([3, 1]))
    assert [column.tolist() for column in some if column is not None] == [[3, 1]] * 4
    assert events._replace(duration=None).take(np.array([0])).duration is None


def test_sums_are_added_one_by_one() -> None:
    assert Sums(1, 2, 3, 4, 5, 6, 7, 8).plus(Sums(10, 20, 30, 40, 50, 60, 70, 80)) == Sums(
        11, 22, 33, 44, 55, 66, 77, 88
    )
