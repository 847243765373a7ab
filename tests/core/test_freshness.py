"""A silent bounce is not re-authentication: in wall time, whatever nightlatch's clock was made to show."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.demands import Demand
from nightlatch.core.freshness import FUTURE, MISSING, SPENT, STALE, authenticated_at, not_fresh
from nightlatch.core.policy import HOUR, MINUTE, SECOND
from nightlatch.core.warp import Segment, Warp

WALL = 1_700_000_000 * SECOND
LEEWAY = 30 * SECOND
FRESH = Demand(fresh=True)
NOTHING = Demand()


def judged(auth_time: int | None, demand: Demand = FRESH, **about: Any) -> str | None:
    """For a login that began a minute ago."""
    usual = {"started": WALL - MINUTE, "wall": WALL, "warp": Warp(), "leeway": LEEWAY, "spent": None, "lifetime": None}
    return not_fresh(auth_time, demand, **{**usual, **about})


def test_a_fresh_login_is_not_from_before_it_began() -> None:
    assert judged(WALL - 10 * SECOND) is None
    assert judged(WALL - MINUTE - LEEWAY) is None
    assert judged(WALL - MINUTE - LEEWAY - SECOND) == STALE


def test_whole_seconds_are_no_reason_to_refuse() -> None:
    """The provider names the second in which the login began."""
    assert judged(WALL - MINUTE, started=WALL - MINUTE + SECOND - 1, leeway=0) is None
    assert judged(WALL - MINUTE - SECOND, started=WALL - MINUTE + SECOND - 1, leeway=0) == STALE


def test_the_future_proves_nothing() -> None:
    assert judged(WALL + LEEWAY) is None
    assert judged(WALL + LEEWAY + 1) == FUTURE
    assert judged(WALL + HOUR, NOTHING) == FUTURE


def test_silence_is_no_proof_where_one_is_asked_for() -> None:
    assert judged(None) == MISSING
    assert judged(None, Demand(max_age=HOUR)) == MISSING
    assert judged(None, NOTHING, spent=WALL) == MISSING
    assert judged(None, NOTHING) is None


def test_one_authentication_serves_once() -> None:
    """Within the leeway, and without a demand: what ended here is not begun again by the same authentication."""
    assert judged(WALL - 70 * SECOND, spent=WALL - 70 * SECOND) == SPENT
    assert judged(WALL - HOUR, NOTHING, spent=WALL - HOUR) == SPENT
    assert judged(WALL - HOUR + SECOND, NOTHING, spent=WALL - HOUR) is None


def test_a_login_older_than_a_session_may_be_is_stale() -> None:
    assert judged(WALL - HOUR + SECOND, NOTHING, lifetime=HOUR) is None
    assert judged(WALL - HOUR, NOTHING, lifetime=HOUR) == STALE
    assert judged(WALL - MINUTE, Demand(max_age=MINUTE), lifetime=HOUR) == STALE
    assert judged(WALL - MINUTE + SECOND, Demand(max_age=MINUTE), lifetime=1) is None


@pytest.mark.parametrize("demand", [Demand(max_age=30 * MINUTE), NOTHING])
def test_ages_are_by_nightlatchs_clock(demand: Demand) -> None:
    """Two minutes ago on the wall, but the clock was moved on by 31 minutes since."""
    warp = Warp((Segment(WALL - MINUTE, WALL + 30 * MINUTE),))
    assert judged(WALL - 2 * MINUTE, demand, warp=warp, lifetime=30 * MINUTE) == STALE
    assert judged(WALL - 30 * SECOND, demand, warp=warp, lifetime=30 * MINUTE) is None


def test_a_warp_neither_helps_nor_harms_a_fresh_login() -> None:
    warp = Warp((Segment(WALL - 30 * SECOND, WALL + 31 * MINUTE),))
    assert judged(WALL - 40 * SECOND, warp=warp) is None
    assert judged(WALL - 10 * MINUTE, warp=warp) == STALE


def test_when_the_person_authenticated_on_nightlatchs_clock() -> None:
    def at(auth_time: int | None, demand: Demand = NOTHING, *, warp: Warp | None = None) -> int:
        return authenticated_at(auth_time, demand, started=WALL - MINUTE, wall=WALL + 1, warp=warp or Warp())

    assert at(WALL - HOUR) == WALL - HOUR
    assert at(None) == WALL + 1
    assert at(WALL - 90 * SECOND, FRESH) == WALL - MINUTE
    assert at(WALL - 10 * SECOND, FRESH) == WALL - 10 * SECOND + SECOND - 1
    moved = Warp((Segment(WALL - 30 * MINUTE, WALL + HOUR),))
    assert at(WALL - HOUR, warp=moved) == WALL - HOUR
    assert at(WALL - 10 * SECOND, warp=moved) == WALL + 90 * MINUTE - 10 * SECOND
    just_moved = Warp((Segment(WALL, WALL + HOUR),))
    assert at(WALL, FRESH, warp=just_moved) == WALL + HOUR + 1


instants = st.integers(WALL - 2 * HOUR, WALL + HOUR)


@given(
    st.none() | instants,
    st.booleans(),
    st.integers(WALL - HOUR, WALL),
    st.none() | instants,
    st.none() | st.integers(1, HOUR),
    st.none() | st.integers(1, HOUR),
    st.integers(0, 2 * HOUR),
    st.integers(0, HOUR),
)
def test_whoever_gets_in_is_alive_and_did_not_come_from_the_future(
    auth_time: int | None,
    fresh: bool,
    started: int,
    spent: int | None,
    max_age: int | None,
    lifetime: int | None,
    ago: int,
    moved: int,
) -> None:
    demand = Demand(fresh, max_age)
    warp = Warp((Segment(WALL - ago, WALL - ago + moved),)) if moved else Warp()
    refused = not_fresh(
        auth_time, demand, started=started, wall=WALL, warp=warp, leeway=LEEWAY, spent=spent, lifetime=lifetime
    )
    at = authenticated_at(auth_time, demand, started=started, wall=WALL, warp=warp)
    assert at <= warp.at(WALL)
    if refused is None and auth_time is not None:
        assert spent is None or auth_time > spent
        assert not fresh or auth_time > started - LEEWAY - SECOND
        if not fresh and lifetime is not None and max_age is None:
            assert warp.at(WALL) < at + lifetime
