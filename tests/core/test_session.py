"""How a session changes: activity, long exchanges, fresh logins, the end."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.session import End, Session, State, covered, ended, reauthenticated, touched

NEW = Session("s", "http://app", "alice", "nightlatch", 1000, 1000, 1000, 1000)
INSTANTS = st.lists(st.integers(1000, 2000), max_size=12)


@given(instants=INSTANTS)
def test_the_widest_gap_is_that_of_the_whole_history(instants: list[int]) -> None:
    session, last, widest = NEW, 1000, (0, 1000)
    for at in instants:
        session = touched(session, at)
        if at > last:
            widest = max(widest, (at - last, last), key=lambda gap: gap[0])
            last = at
    assert (session.last_active_at, session.gap) == (last, widest[0])
    assert session.gap == 0 or session.gap_from_at == widest[1]


@given(instants=INSTANTS)
def test_last_activity_never_goes_back(instants: list[int]) -> None:
    session = NEW
    for at in instants:
        later = touched(session, at)
        assert later.last_active_at >= session.last_active_at
        session = later


def test_a_long_exchange_is_no_gap() -> None:
    session = covered(NEW, 1010, 1100)
    assert (session.last_active_at, session.gap, session.gap_from_at) == (1100, 10, 1000)
    assert covered(session, 1020, 1050) == session


def test_a_fresh_login_starts_the_gap_anew_and_moves_no_authentication() -> None:
    session = reauthenticated(touched(NEW, 1500), 1600)
    assert (session.gap, session.gap_from_at, session.last_active_at) == (0, 1600, 1600)
    assert (session.authenticated_at, session.reauthenticated_at) == (1000, 1600)


def test_the_first_end_stands() -> None:
    first = ended(NEW, End(1100, "expired", "idle"))
    assert first.state is State.EXPIRED
    assert ended(first, End(1050, "admin")) == first
    assert ended(NEW, End(1050, "admin")).state is State.ENDED
