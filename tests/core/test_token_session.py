"""What a token adds to its session: the person's groups and strength as it tells them, and a newer login."""

from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.samples import SECOND, T0, a_session, logout

from nightlatch.core.identity import Identity, TokenTimes
from nightlatch.core.token_session import as_token_tells, authenticated_anew


def identity(auth_time: int | None = None) -> Identity:
    times = TokenTimes(T0, T0 + 600 * SECOND, authenticated_at=auth_time)
    return Identity("bearer", b"f", "alice", ("admins",), ("otp",), "aal2", times)


def test_groups_and_strength_are_the_tokens() -> None:
    told = as_token_tells(a_session(groups=("old",), amr=("pwd",), acr=None), identity(), T0)
    assert (told.groups, told.amr, told.acr) == (("admins",), ("otp",), "aal2")


def test_an_ended_session_stays_as_it_ended() -> None:
    gone = a_session(end=logout(T0 + 5), groups=("old",))
    assert as_token_tells(gone, identity(T0 + 9), T0 + 10) is gone


@given(st.integers(0, 100), st.integers(0, 100) | st.none(), st.integers(0, 100), st.integers(0, 100))
def test_only_a_newer_login_counts_and_absolute_never_moves(began: int, again: int | None, told: int, now: int) -> None:
    session = a_session(at=began, gap=3, reauthenticated_at=again)
    after = as_token_tells(session, identity(told), now)
    known = max(began, again or 0)
    assert after.authenticated_at == began
    if min(told, now) > known:
        assert (after.reauthenticated_at, after.gap) == (min(told, now), 0)
        assert after.last_active_at >= session.last_active_at
        assert authenticated_anew(after, identity(told), now) is None
    else:
        assert (after.reauthenticated_at, after.gap, after.last_active_at) == (again, 3, began)
