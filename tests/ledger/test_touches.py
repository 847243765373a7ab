"""Activity in memory laid over what the ledger holds."""

from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.samples import T0, a_session

from nightlatch.core.session import End, ended, reauthenticated, touched
from nightlatch.ledger.touches import laid_over, touch_of

INSTANTS = st.lists(st.integers(0, 50), max_size=6)


@given(first=INSTANTS, then=INSTANTS)
def test_a_later_touch_of_the_same_session_wins_whole(first: list[int], then: list[int]) -> None:
    stored = a_session()
    for at in first:
        stored = touched(stored, T0 + at)
    later = stored
    for at in then:
        later = touched(later, T0 + at)
    assert laid_over(stored, touch_of(later)) == later
    assert laid_over(later, touch_of(stored)) == later


@given(at=st.integers(0, 50))
def test_an_ended_session_is_the_very_same(at: int) -> None:
    over = ended(a_session(), End(T0, "logout"))
    assert laid_over(over, touch_of(touched(a_session(), T0 + at))) is over


def test_of_equal_gaps_the_earlier_wins() -> None:
    late = a_session(gap=5, gap_from_at=T0 + 20, last_active_at=T0 + 30)
    early = a_session(gap=5, gap_from_at=T0 + 10, last_active_at=T0 + 15)
    expected = late._replace(gap_from_at=T0 + 10)
    assert laid_over(late, touch_of(early)) == laid_over(early, touch_of(late)) == expected


def test_a_touch_from_before_a_fresh_login_brings_no_gap_back() -> None:
    stale = touched(a_session(), T0 + 50)
    fresh = reauthenticated(a_session(), T0 + 40)
    laid = laid_over(fresh, touch_of(stale))
    assert (laid.gap, laid.gap_from_at, laid.last_active_at) == (0, T0 + 40, T0 + 50)
