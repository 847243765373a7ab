"""What a login has to give comes from the verdict, and a provider is asked for it in its own words."""

import json

import pytest

from nightlatch.core.demands import Demand, asked_of_provider, demand_of, lacking, told
from nightlatch.core.policy import HOUR, MINUTE, SECOND
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.core.warp import Segment, Warp

WALL = 1_700_000_000 * SECOND


def step_up(reason: str, *asks: tuple[str, str]) -> Demand:
    return demand_of(Verdict(Kind.STEP_UP, reason, asks=asks))


@pytest.mark.parametrize(
    ("kind", "fresh"), [(Kind.EXPIRED, True), (Kind.REFUSED, True), (Kind.LOGIN, False), (Kind.INVALID, False)]
)
def test_after_an_end_the_login_must_be_fresh(kind: Kind, fresh: bool) -> None:
    assert demand_of(Verdict(kind, "clock", clock=Clock.IDLE)) == Demand(fresh=fresh)


def test_a_clock_that_ran_out_asks_for_a_fresh_login_an_age_for_a_recent_one() -> None:
    assert step_up("clock", ("max_age", "900")) == Demand(fresh=True)
    assert step_up("auth_age", ("max_age", "900")) == Demand(max_age=900 * SECOND)


def test_a_login_that_is_only_too_old_may_be_any_recent_one_that_is_as_strong() -> None:
    assert step_up("auth_age", ("amr", "pwd otp"), ("max_age", "900")) == Demand(
        max_age=15 * MINUTE, amr=("pwd", "otp")
    )


def test_all_that_is_missing_is_asked_at_once() -> None:
    assert step_up("acr", ("acr_values", "gold silver"), ("max_age", "60")) == Demand(
        max_age=MINUTE, acr=("gold", "silver")
    )
    assert step_up("amr", ("amr", "pwd otp")) == Demand(fresh=True, amr=("pwd", "otp"))


@pytest.mark.parametrize(
    ("demand", "lifetime", "asked"),
    [
        (Demand(), None, {}),
        (Demand(), HOUR, {"max_age": "3600"}),
        (Demand(fresh=True), HOUR, {"prompt": "login", "max_age": "0"}),
        (Demand(max_age=MINUTE), HOUR, {"max_age": "60"}),
        (Demand(max_age=0), HOUR, {"max_age": "0"}),
        (Demand(acr=("gold", "silver")), None, {"acr_values": "gold silver"}),
    ],
)
def test_in_the_words_of_openid_connect(demand: Demand, lifetime: int | None, asked: dict[str, str]) -> None:
    assert asked_of_provider(demand, lifetime, WALL, Warp()) == asked


def test_methods_are_asked_for_only_where_the_provider_would_understand() -> None:
    demand = Demand(fresh=True, amr=("pwd", "otp"))
    assert "claims" not in asked_of_provider(demand, None, WALL, Warp())
    asked = asked_of_provider(demand, None, WALL, Warp(), claims=True)
    assert json.loads(asked["claims"]) == {"id_token": {"amr": {"essential": True, "values": ["pwd", "otp"]}}}


@pytest.mark.parametrize(("since", "age"), [(2 * HOUR, 3600), (HOUR, 3600), (40 * SECOND, 40), (0, 0)])
def test_a_provider_measures_in_wall_time(since: int, age: int) -> None:
    """Half an hour was skipped `since` ago: an authentication from before that is older than it looks from there."""
    warp = Warp((Segment(WALL - since, WALL - since + 30 * MINUTE),))
    assert asked_of_provider(Demand(max_age=HOUR), None, WALL, warp) == {"max_age": str(age)}


def test_a_login_may_give_less_than_was_asked() -> None:
    demand = Demand(acr=("gold", "silver"), amr=("pwd", "otp"))
    assert lacking(demand, "silver", ("otp", "pwd", "mfa")) is None
    assert lacking(demand, None, ("pwd", "otp")) == "acr"
    assert lacking(demand, "bronze", ("pwd", "otp")) == "acr"
    assert lacking(demand, "gold", ("pwd",)) == "amr"
    assert lacking(Demand(), None, ()) is None


def test_the_trail_is_told_what_was_asked() -> None:
    assert told(Demand(True, 900 * SECOND, ("a", "b"), ("c",))) == {
        "fresh": True,
        "max_age": 900,
        "acr": "a b",
        "amr": "c",
    }
    assert told(Demand()) == {"fresh": False, "max_age": None, "acr": None, "amr": None}
