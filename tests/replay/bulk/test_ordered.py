"""Grouped by session and in order of time, ties in the order of the files."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.ordered import ordered

# Hashes that differ in their low bits only are what the shortened ones cannot tell apart.
SESSION = st.one_of(st.integers(0, 3), st.integers(2**63, 2**63 + 2), st.integers(0, 2**64 - 1))
ROWS = st.lists(st.tuples(SESSION, st.integers(0, 5)), max_size=40)


@given(ROWS, st.booleans())
def test_it_is_a_stable_sort(rows: list[tuple[int, int]], timed: bool) -> None:
    session = np.array([row[0] for row in rows], np.uint64)
    at = np.array([row[1] for row in rows], np.int64)
    places = np.arange(len(rows))
    found = ordered(Events(session, at, places.astype(np.uint32), places if timed else None))
    wanted = sorted(places.tolist(), key=lambda place: (rows[place][0], rows[place][1], place))
    assert found.line.tolist() == wanted
    assert found.at.tolist() == [rows[place][1] for place in wanted]
    assert (found.duration is not None) == timed
    sessions = [rows[place][0] for place in wanted]
    assert found.starts.tolist() == [
        place for place in range(len(rows)) if place == 0 or sessions[place] != sessions[place - 1]
    ] + [len(rows)]


def test_some_of_the_sessions() -> None:
    session = np.array([1, 2, 3, 2, 1], np.uint64)
    found = ordered(Events(session, np.arange(5), np.arange(5, dtype=np.uint32))).some(np.array([True, False, True]))
    assert found.session.tolist() == [1, 1, 3]
    assert found.starts.tolist() == [0, 2, 3]
