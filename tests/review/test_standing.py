from tests.ledger.samples import T0, a_session, logout, timeout

from nightlatch.core.policy import HOUR, MINUTE
from nightlatch.core.session import ended
from nightlatch.core.verdict import Clock
from nightlatch.presets import load_policy
from nightlatch.review.standing import SHOWN, closest, lived, longest

POLICY = load_policy("default")
NOW = T0 + 4 * HOUR


def test_a_session_lives_until_its_end_or_until_now() -> None:
    session = a_session()
    assert lived(session, NOW) == 4 * HOUR and lived(ended(session, logout(T0 + HOUR)), NOW) == HOUR


def test_the_longest_come_first_and_not_too_many() -> None:
    sessions = [a_session(f"s{hour}", T0 - hour * HOUR) for hour in range(SHOWN + 5)]
    found = longest(sessions, NOW)
    assert len(found) == SHOWN and found[0].id == f"s{SHOWN + 4}"


def test_the_widest_gap_is_how_near_idle_came() -> None:
    session = a_session()._replace(last_active_at=NOW, gap=27 * MINUTE)
    (found,) = closest([session], POLICY, NOW)
    assert (found.clock, found.share) == (Clock.IDLE, 0.9)


def test_absolute_is_nearer_after_a_long_day() -> None:
    session = a_session()._replace(last_active_at=NOW + 3 * HOUR, gap=MINUTE)
    (found,) = closest([session], POLICY, NOW + 3 * HOUR)
    assert (found.clock, found.used) == (Clock.ABSOLUTE, 7 * HOUR)


def test_who_was_cut_off_by_a_clock_is_not_close_but_over() -> None:
    assert closest([ended(a_session(), timeout(T0 + HOUR))], POLICY, NOW) == []
    assert closest([ended(a_session(), logout(T0 + MINUTE))], POLICY, NOW) != []


def test_without_limits_nobody_is_close() -> None:
    free = POLICY._replace(session=POLICY.session._replace(idle=None, absolute=None))
    assert closest([a_session()], free, NOW) == []
