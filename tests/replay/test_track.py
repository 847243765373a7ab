"""The record that changes in place against `core.session`, whose arithmetic it repeats."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.activity import credit
from nightlatch.core.deadlines import first_out, running
from nightlatch.core.policy import SECOND, Limits
from nightlatch.core.session import End, Session, covered, reauthenticated, touched
from nightlatch.replay.track import Track

SESSION = Session("s", "http://a.test", None, "cookie", 0, 0, 0, 0)
STEPS = st.lists(st.tuples(st.integers(0, 20), st.integers(0, 40)), max_size=10)
LIMIT = st.none() | st.integers(2, 30).map(lambda seconds: seconds * SECOND)


@given(steps=STEPS, idle=LIMIT, absolute=LIMIT, again=st.booleans())
def test_it_does_what_the_core_does(
    steps: list[tuple[int, int]], idle: int | None, absolute: int | None, again: bool
) -> None:
    track, session, now = Track(SESSION, "s"), SESSION, 0
    exchanges: list[tuple[int, int]] = []
    for later, takes in steps:
        now += later * SECOND
        track.settle(now)
        for start, duration in exchanges:
            until = credit(start, min(duration, now - start), idle)
            session = session if until is None else covered(session, start, until)
        assert track.session() == session
        limits = Limits(idle, absolute)
        assert track.alive(limits, now) is (first_out(running(session, limits, now)) is None)
        track.act(now, takes * SECOND, idle)
        session = touched(session, now)
        exchanges.append((now, takes * SECOND))
    if again:
        track.authenticated_again(now)
        session = reauthenticated(session, now)
    assert track.session() == session


def test_an_end_is_for_ever_and_cuts_what_runs() -> None:
    track = Track(SESSION, "s")
    track.act(0, 100 * SECOND, None)
    track.over(End(5 * SECOND, "expired", "absolute"))
    track.over(End(1, "logout"))
    track.settle(50 * SECOND)
    assert track.end == End(5 * SECOND, "expired", "absolute")
    assert track.last_active_at == 0
    assert not track.alive(Limits(None, None), 1)


def test_a_successor_starts_anew_and_is_counted() -> None:
    track = Track(SESSION._replace(groups=("staff",)), "s")
    track.act(5 * SECOND, 100 * SECOND, None)
    after = track.successor(90 * SECOND, "s#2")
    after.settle(95 * SECOND)
    session = after.session()
    assert (session.authenticated_at, session.last_active_at, session.gap) == (90 * SECOND, 90 * SECOND, 0)
    assert (after.generation, after.label, session.groups) == (2, "s#2", ("staff",))


def test_a_copy_goes_its_own_way() -> None:
    track = Track(SESSION, "s")
    copy = track.copy()
    track.act(5, 0, None)
    assert (track.last_active_at, copy.last_active_at) == (5, 0)
