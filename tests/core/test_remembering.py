"""Which limits hold for a session that is remembered, and for one that is not."""

from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.decide import decide
from nightlatch.core.identity import Identity
from nightlatch.core.policy import DAY, HOUR, MINUTE, SECOND, Limits, Match, Policy, Rule
from nightlatch.core.policy_effect import effect_on
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.remembering import (
    LONGEST_COOKIE,
    cookie_age,
    created_detail,
    looser,
    policy_for,
    remembered_policy,
    run_out_at,
)
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session
from nightlatch.core.session_json import session_document
from nightlatch.core.verdict import Kind

T0 = 1_700_000_000 * SECOND
PLAIN = Session("s", "http://app", "ada", "nightlatch", T0, T0, T0, T0)
KEPT = PLAIN._replace(remembered=True)
POLICY = read_policy(
    """
    [session]
    idle = "15m"
    absolute = "8h"
    [remember]
    idle = "7d"
    absolute = "30d"
    [risk.high]
    idle = "5m"
    [[rule]]
    name = "admin"
    match = { path = "/admin" }
    risk = "high"
    [[rule]]
    name = "pay"
    match = { path = "/pay" }
    absolute = "1h"
    [[rule]]
    name = "same"
    match = { path = "/same" }
    passive = true
    """,
    name="p",
)
LIMITS = st.none() | st.integers(1, 100)


def kind(session: Session, path: str, after: int) -> Kind:
    who, request = Identity("nightlatch", b"f", "ada"), RequestView("GET", "localhost", path, "", {}, "127.0.0.1")
    return decide(who, session, POLICY, request, T0 + after).kind


def test_whoever_is_not_remembered_is_judged_by_the_very_same_policy() -> None:
    assert policy_for(POLICY, None) is policy_for(POLICY, PLAIN) is POLICY


def test_a_policy_that_remembers_nobody_forgets_those_that_another_one_remembered() -> None:
    bare = POLICY._replace(remember={})
    assert policy_for(bare, KEPT) is bare
    assert cookie_age(KEPT, bare, T0) is None


def test_it_is_put_together_once_and_anew_for_another_policy() -> None:
    made = policy_for(POLICY, KEPT)
    assert policy_for(POLICY, KEPT) is made and policy_for(made, KEPT) is made
    for _ in range(40):
        assert policy_for(POLICY._replace(session=Limits(MINUTE)), KEPT).session.idle == 7 * DAY
    assert remembered_policy(POLICY) == made


def test_remembered_limits_take_the_place_of_those_of_the_session_only() -> None:
    found = {rule.name: rule.limits[:2] for rule in remembered_policy(POLICY).rules}
    assert found == {"admin": (5 * MINUTE, 30 * DAY), "pay": (7 * DAY, HOUR), "same": (7 * DAY, 30 * DAY)}


def test_a_rule_that_is_stricter_stays_stricter() -> None:
    assert kind(KEPT, "/", DAY) is Kind.ALLOW and kind(PLAIN, "/", DAY) is Kind.EXPIRED
    assert kind(KEPT, "/same", DAY) is Kind.ALLOW
    assert kind(KEPT, "/admin", 5 * MINUTE - 1) is Kind.ALLOW and kind(KEPT, "/admin", 5 * MINUTE) is Kind.EXPIRED
    assert kind(KEPT, "/pay", HOUR) is Kind.EXPIRED
    assert kind(KEPT, "/", 7 * DAY) is Kind.EXPIRED


def test_the_sweeper_the_preview_and_the_json_know_it() -> None:
    end, usual = run_out_at(KEPT, POLICY), run_out_at(PLAIN, POLICY)
    assert end is not None and usual is not None
    assert (end.at, usual.at) == (T0 + 7 * DAY, T0 + 15 * MINUTE)
    longer = POLICY._replace(remember={"idle": 9 * DAY})
    assert effect_on(KEPT, POLICY, longer, T0).effect == "shorter"  # by `absolute`, which is [session]'s again
    assert effect_on(PLAIN, POLICY, longer, T0).effect == "same"
    shown = session_document(KEPT, POLICY, T0)
    assert shown["remembered"] is True and shown["clocks"]["idle"]["limit"] == 7 * 86400
    assert session_document(PLAIN, POLICY, T0)["clocks"]["absolute"]["limit"] == 8 * 3600


def test_nobody_is_logged_out_sooner_for_being_remembered() -> None:
    strict = POLICY._replace(remember={"idle": MINUTE, "absolute": None})
    assert remembered_policy(strict).session[:2] == (15 * MINUTE, None)


@given(
    session=st.tuples(LIMITS, LIMITS),
    own=st.tuples(LIMITS, LIMITS),
    kept=st.tuples(LIMITS, LIMITS),
    flags=st.integers(0, 15),
)
def test_of_two_limits_the_looser_holds_where_no_rule_has_its_own(
    session: tuple[int | None, int | None],
    own: tuple[int | None, int | None],
    kept: tuple[int | None, int | None],
    flags: int,
) -> None:
    idle, absolute = bool(flags & 1), bool(flags & 2)
    limits = Limits(own[0] if idle else session[0], own[1] if absolute else session[1])
    rule = Rule("r", Match(("/r",)), limits, own_idle=idle, own_absolute=absolute)
    given_ = {key: kept[n] for n, key in enumerate(("idle", "absolute")) if flags & (4 << n)}
    made = remembered_policy(Policy("p", "v", Limits(*session), rules=(rule,), remember=given_))
    most = tuple(
        looser(given_[key], session[n]) if key in given_ else session[n] for n, key in enumerate(("idle", "absolute"))
    )
    assert made.session[:2] == most
    assert made.rules[0].limits[:2] == (own[0] if idle else most[0], own[1] if absolute else most[1])


def test_how_long_a_browser_keeps_the_cookie() -> None:
    assert cookie_age(PLAIN, POLICY, T0) is None
    assert cookie_age(KEPT, POLICY, T0) == 30 * 86400
    assert cookie_age(KEPT, POLICY, T0 + 29 * DAY + 1) == 86400
    assert cookie_age(KEPT, POLICY, T0 + 31 * DAY) == 0
    for absolute in (None, 500 * DAY):
        endless = POLICY._replace(remember={"absolute": absolute})
        assert cookie_age(KEPT, endless, T0) == LONGEST_COOKIE // SECOND == 400 * 86400


def test_what_the_trail_tells() -> None:
    assert created_detail(PLAIN) == {"source": "nightlatch"}
    assert created_detail(KEPT) == {"source": "nightlatch", "remembered": True}
