import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.ledger.samples import T0, a_session

from nightlatch.core.deadlines import sweep_at
from nightlatch.core.matching import all_rules
from nightlatch.core.policy import HOUR, MINUTE, Limits, Policy
from nightlatch.core.policy_effect import effect_on, outlived


def _policy(idle: int | None, absolute: int | None = None) -> Policy:
    return Policy("p", "v", Limits(idle=idle, absolute=absolute))


@pytest.mark.parametrize(
    ("before", "after", "word", "clock"),
    [
        (30, 30, "same", "idle"),
        (30, 15, "shorter", "idle"),
        (30, 60, "longer", "idle"),
        (30, 10, "ends", "idle"),
        (30, 9, "ends", "idle"),
        (30, 11, "shorter", "idle"),
        (30, None, "longer", None),
        (None, 30, "shorter", "idle"),
        (None, None, "same", None),
    ],
)
def test_ten_minutes_after_the_last_activity(
    before: int | None, after: int | None, word: str, clock: str | None
) -> None:
    old, new = (_policy(None if limit is None else limit * MINUTE) for limit in (before, after))
    effect = effect_on(a_session(), old, new, T0 + 10 * MINUTE)
    assert (effect.effect, effect.clock) == (word, clock)


limits = st.none() | st.integers(MINUTE, 3 * HOUR)


@given(idle=limits, absolute=limits, gap=st.integers(0, HOUR), now=st.integers(0, 3 * HOUR))
def test_what_has_outlived_a_policy_ends_now_and_nothing_else_does(
    idle: int | None, absolute: int | None, gap: int, now: int
) -> None:
    session = a_session(last_active_at=T0 + gap, gap=gap)
    policy, at = _policy(idle, absolute), T0 + gap + now
    end, swept = outlived(session, policy, at), sweep_at(session, all_rules(policy))
    assert (end is not None) == (swept is not None and swept.at <= at)
    if end is not None and end.limit is not None and end.elapsed is not None:
        assert end.at == at
        assert end.elapsed >= end.limit


def test_a_gap_is_history_and_does_not_grow() -> None:
    session = a_session(last_active_at=T0 + 20 * MINUTE, gap=20 * MINUTE)
    end = outlived(session, _policy(15 * MINUTE), T0 + 25 * MINUTE)
    assert end is not None
    assert (end.elapsed, end.from_at) == (20 * MINUTE, T0)
