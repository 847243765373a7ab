"""Who gives way: by the guard it is tried in tests/proxy/test_crowd.py, by hand in tests/cli/test_login_crowd.py."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.crowding import is_full, refusal, surplus
from nightlatch.core.policy import Concurrency
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.session import Session

LIMITS = st.builds(Concurrency, st.integers(1, 4), st.sampled_from(["end_oldest", "refuse"]))


def sessions(count: int) -> list[Session]:
    """In the order in which they were written."""
    return [Session(f"s{each}", "site", "ada", "nightlatch", 0, 0, 0, 0) for each in range(count)]


@given(st.integers(1, 8), LIMITS, st.data())
def test_of_logins_at_once_as_many_stay_as_may(count: int, limit: Concurrency, data: st.DataObject) -> None:
    """Each looks some time after it was written, when others may have been written as well, and their look done."""
    written = sessions(count)
    looks = sorted((data.draw(st.integers(i + 1, count)), data.draw(st.integers(0, 9)), i) for i in range(count))
    ended: set[str] = set()
    for seen, _, which in looks:
        live = [session for session in written[:seen] if session.id not in ended]
        ended |= {session.id for session in surplus(limit, live, written[which].id)}
    most = limit.max or 0
    stay = written[-most:] if limit.then == "end_oldest" else written[:most]
    assert [session for session in written if session.id not in ended] == stay


def test_without_a_limit_nobody_gives_way() -> None:
    live = sessions(3)
    assert not is_full(Concurrency(), live) and not surplus(Concurrency(), live, "s2")


def test_only_where_the_next_one_is_refused_it_can_be_full() -> None:
    live = sessions(2)
    assert [is_full(Concurrency(most, "refuse"), live) for most in (1, 2, 3)] == [True, True, False]
    assert not is_full(Concurrency(1, "end_oldest"), live)


def test_the_refusal_says_how_many_there_may_be() -> None:
    one, two = (read_policy(f"[concurrency]\nmax = {most}", name="acme") for most in (1, 2))
    assert refusal(one, "ada") == "ada has a live session already, and the policy acme allows no more ([concurrency])"
    assert "ada has 2 live sessions already" in refusal(two, "ada")
