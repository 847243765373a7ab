"""The simulation against a naive model of its own, and small cases worked out by hand."""

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from tests.replay import reference
from tests.replay.made import exchange, judged, policy, rule, verdicts
from tests.replay.tokens import jwt

from nightlatch.core.policy import SECOND, OnExpiry, Requirement
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.session_key import SessionKey

HALF_HOUR = 1800


def test_one_second_before_the_deadline_is_alive_and_the_deadline_is_not() -> None:
    assert verdicts([exchange(0), exchange(HALF_HOUR - 1)], policy(HALF_HOUR, None)) == ["allow", "allow"]
    assert verdicts([exchange(0), exchange(HALF_HOUR)], policy(HALF_HOUR, None)) == ["allow", "expired idle"]
    assert verdicts([exchange(0), exchange(HALF_HOUR - 0.000001)], policy(HALF_HOUR, None)) == ["allow", "allow"]


def test_a_tie_of_idle_and_absolute_names_absolute() -> None:
    assert verdicts([exchange(0), exchange(100)], policy(100, 100)) == ["allow", "expired absolute"]


def test_the_clock_whose_deadline_came_first_is_named() -> None:
    timeline = [exchange(0), exchange(50), exchange(5000)]
    assert verdicts(timeline, policy(100, 151))[-1] == "expired idle"
    assert verdicts(timeline, policy(100, 149))[-1] == "expired absolute"


def test_absolute_is_moved_by_nothing() -> None:
    timeline = [exchange(seconds) for seconds in range(0, 130, 10)]
    assert verdicts(timeline, policy(60, 100), relogin=False) == ["allow"] * 10 + ["expired absolute"] * 3


def test_relogin_the_first_active_request_is_still_expired_and_starts_the_next_session() -> None:
    timeline = [exchange(0), exchange(100, "/poll"), exchange(101), exchange(200), exchange(301)]
    figures, decisions = judged(timeline, policy(100, None, passive="/poll"))
    kinds = [each.verdict.kind for each in decisions]
    assert kinds == [Kind.ALLOW, Kind.EXPIRED, Kind.EXPIRED, Kind.ALLOW, Kind.EXPIRED]
    names = [each.session or "" for each in decisions]
    assert names[:3] == [names[0]] * 3
    assert names[3:] == [f"{names[0]}#2"] * 2
    assert (figures["sessions"], figures["relogins"]) == (3, 2)


def test_strict_the_credential_stays_expired() -> None:
    timeline = [exchange(0), exchange(100), exchange(101), exchange(9999)]
    figures, decisions = judged(timeline, policy(100, None), relogin=False)
    assert [each.verdict.elapsed for each in decisions] == [None, 100 * SECOND, 101 * SECOND, 9999 * SECOND]
    assert (figures["sessions"], figures["relogins"], figures["verdicts"]["expired"]) == (1, 0, 3)


def test_the_first_request_starts_both_clocks_also_when_it_is_passive() -> None:
    timeline = [exchange(0, "/poll"), exchange(60), exchange(100)]
    assert verdicts(timeline, policy(61, 100, passive="/poll")) == ["allow", "allow", "expired absolute"]
    assert verdicts(timeline, policy(60, None, passive="/poll"))[1] == "expired idle"


def test_public_requests_and_preflights_neither_start_nor_touch_a_session() -> None:
    preflight = exchange(30, method="OPTIONS", Origin="https://x.test", Access_Control_Request_Method="PUT")
    timeline = [exchange(-500, "/favicon.ico"), exchange(0), preflight, exchange(59, "/favicon.ico"), exchange(60)]
    assert verdicts(timeline, policy(60, 400)) == ["public", "allow", "public", "public", "expired idle"]
    assert judged([exchange(0, "/favicon.ico"), preflight], policy())[0]["sessions"] == 0


def test_a_request_without_a_credential_is_login_and_nobodys() -> None:
    figures, decisions = judged([exchange(0, cookie=None), exchange(1, "/robots.txt", cookie=None)], policy())
    assert [(each.verdict.kind, each.session) for each in decisions] == [("login", None), ("public", None)]
    assert figures["sessions"] == 0


def test_two_values_of_one_cookie_are_invalid() -> None:
    contradicting = exchange(0, cookie="a; sid=b")
    assert verdicts([contradicting, exchange(1)], policy()) == ["invalid", "allow"]


def test_a_session_is_a_credential_value() -> None:
    figures, decisions = judged([exchange(0, cookie="a"), exchange(1, cookie="b"), exchange(2, cookie="a")], policy())
    names = [each.session for each in decisions]
    assert names[0] == names[2] != names[1]
    assert figures["sessions"] == 2


def test_a_tighter_rule_cannot_be_had_by_clicking_somewhere_looser_first() -> None:
    tight = policy(1000, None, rule("admin", "/admin/**", 300, None))
    timeline = [exchange(0), exchange(400), exchange(401, "/admin")]
    _, decisions = judged(timeline, tight)
    last = decisions[-1].verdict
    assert (last.kind, last.clock, last.limit, last.elapsed) == ("expired", "idle", 300 * SECOND, 400 * SECOND)
    assert last.rule == "admin"


def test_a_session_that_a_stricter_rule_ended_is_ended_everywhere() -> None:
    tight = policy(1000, None, rule("admin", "/admin/**", 300, None))
    timeline = [exchange(0), exchange(350, "/admin"), exchange(360)]
    assert verdicts(timeline, tight, relogin=False) == ["allow", "expired idle", "expired idle"]


def test_a_long_export_is_not_an_absent_person_but_for_no_longer_than_idle() -> None:
    assert verdicts([exchange(0, takes=90), exchange(180)], policy(100, None)) == ["allow", "allow"]
    assert verdicts([exchange(0, takes=90), exchange(190)], policy(100, None))[1] == "expired idle"
    assert verdicts([exchange(0, takes=5000), exchange(199)], policy(100, None)) == ["allow", "allow"]
    assert verdicts([exchange(0, takes=5000), exchange(200)], policy(100, None))[1] == "expired idle"
    assert verdicts([exchange(0, takes=90), exchange(95)], policy(100, 95))[1] == "expired absolute"


def test_while_an_exchange_runs_idle_does_not() -> None:
    assert verdicts([exchange(0, takes=150), exchange(120), exchange(245)], policy(100, None))[1:] == ["allow"] * 1 + [
        "expired idle"
    ]


@pytest.mark.parametrize("takes", [0.5, 1.0])
def test_an_exchange_of_up_to_a_second_counts_once(takes: float) -> None:
    assert verdicts([exchange(0, takes=takes), exchange(100)], policy(100, None))[1] == "expired idle"


def test_streams_get_no_credit() -> None:
    assert verdicts([exchange(0, takes=90, streamed=True), exchange(100)], policy(100, None))[1] == "expired idle"


def test_an_exchange_that_was_cut_counts_no_further() -> None:
    timeline = [exchange(0, takes=500), exchange(150, "/tight"), exchange(5000)]
    tight = policy(1000, None, rule("tight", "/tight", None, 100))
    _, decisions = judged(timeline, tight, relogin=False)
    assert [str(each.verdict.clock) for each in decisions[1:]] == ["absolute", "idle"]
    assert decisions[2].verdict.elapsed == (5000 - 150) * SECOND


def test_reauthenticate_asks_and_with_relogin_the_person_complies() -> None:
    again = rule("pay", "/pay", 60, 100, on_expiry=OnExpiry.REAUTHENTICATE, own_absolute=True)
    timeline = [exchange(0), exchange(120, "/pay"), exchange(130, "/pay"), exchange(200)]
    assert verdicts(timeline, policy(1000, None, again)) == ["allow", "step_up idle", "allow", "allow"]
    assert verdicts(timeline, policy(1000, None, again), relogin=False)[1:] == ["step_up idle", "step_up idle", "allow"]


def test_reauthenticating_never_moves_the_absolute_of_the_session() -> None:
    again = rule("pay", "/pay", 60, None, on_expiry=OnExpiry.REAUTHENTICATE)
    timeline = [exchange(0), exchange(120, "/pay"), exchange(150), exchange(200)]
    assert verdicts(timeline, policy(1000, 200, again)) == ["allow", "step_up idle", "allow", "expired absolute"]


def test_the_age_of_the_authentication_asks_too() -> None:
    fresh = rule("pay", "/pay", 1000, None, require=Requirement(auth_age=100 * SECOND))
    timeline = [exchange(0), exchange(100, "/pay"), exchange(101, "/pay")]
    assert verdicts(timeline, policy(1000, None, fresh)) == ["allow", "step_up auth", "allow"]


def test_what_cannot_be_known_from_a_capture_stays_asked_for() -> None:
    strong = rule("pay", "/pay", 1000, None, require=Requirement(amr=("mfa",)))
    group = rule("staff", "/staff", 1000, None, require=Requirement(group=("staff",)))
    timeline = [exchange(0, "/pay"), exchange(1, "/pay"), exchange(2, "/staff")]
    assert verdicts(timeline, policy(1000, None, strong, group)) == ["step_up", "step_up", "denied"]


BEARER = SessionKey("bearer")


def _with(token: str, seconds: float, path: str = "/") -> Any:
    return exchange(seconds, path, cookie=None, Authorization=f"Bearer {token}")


def test_a_token_runs_out_by_its_own_time_and_leeway() -> None:
    token = jwt(sub="ada", iat=0, exp=100)
    timeline = [_with(token, 0), _with(token, 129.999), _with(token, 130)]
    _, decisions = judged(timeline, policy(1000, None), key=BEARER)
    assert [each.verdict.kind for each in decisions] == ["allow", "allow", "expired"]
    last = decisions[-1].verdict
    assert (last.clock, last.limit, last.elapsed) == (Clock.TOKEN, 100 * SECOND, 130 * SECOND)


def test_after_a_relogin_the_owner_of_a_token_has_a_new_one_that_lives_as_long() -> None:
    token = jwt(sub="ada", iat=0, exp=100)
    timeline = [_with(token, 0), _with(token, 200), _with(token, 300), _with(token, 329), _with(token, 330)]
    wanted = ["allow", "expired token", "allow", "allow", "expired token"]
    assert verdicts(timeline, policy(1000, None), key=BEARER) == wanted
    assert verdicts(timeline, policy(1000, None), key=BEARER, relogin=False) == ["allow"] + ["expired token"] * 4


def test_absolute_runs_from_the_authentication_that_the_token_tells() -> None:
    late = jwt(sub="ada", iat=0, exp=9000, auth_time=-400)
    assert verdicts([_with(late, 0), _with(late, 100)], policy(None, 500), key=BEARER) == ["allow", "expired absolute"]
    issued = jwt(sub="ada", iat=-400, exp=9000)
    assert verdicts([_with(issued, 100)], policy(None, 500), key=BEARER) == ["expired absolute"]


def test_a_refreshed_token_of_the_same_session_moves_no_absolute() -> None:
    first, second = jwt(sid="s", iat=0, exp=100), jwt(sid="s", iat=90, exp=190)
    timeline = [_with(first, 0), _with(second, 95), _with(second, 150)]
    assert verdicts(timeline, policy(None, 150), key=BEARER) == ["allow", "allow", "expired absolute"]
    assert judged(timeline, policy(None, 151), key=BEARER)[0]["sessions"] == 1


def test_an_opaque_token_is_a_session_and_has_no_times() -> None:
    assert verdicts([_with("abc", 0), _with("abc", 99999)], policy(None, None), key=BEARER) == ["allow", "allow"]


SESSION = st.builds(reference.Rule, st.just(""), st.integers(2, 12) | st.none(), st.integers(2, 30) | st.none())
TIGHT = st.builds(
    reference.Rule,
    st.just("tight"),
    st.integers(2, 12) | st.none(),
    st.integers(2, 30) | st.none(),
    passive=st.booleans(),
)
OPEN = reference.Rule("open", public=True)


@st.composite
def timelines(draw: st.DrawFn) -> tuple[list[reference.Rule], list[reference.Ask]]:
    """Two guarded rules, and requests of two people to them and to a public one, seconds apart."""
    rules = [draw(TIGHT), draw(SESSION)]
    asks, now = [], 0
    for _ in range(draw(st.integers(1, 14))):
        now += draw(st.integers(0, 7))
        target = draw(st.sampled_from([*rules, *rules, OPEN]))
        who = draw(st.sampled_from(["a", "a", "a", "b", None]))
        asks.append(reference.Ask(now, who, target, draw(st.sampled_from([0, 0, 1, 2, 5, 20])), draw(st.booleans())))
    return rules, asks


@settings(max_examples=400, deadline=None)
@given(made=timelines(), relogin=st.booleans())
@example(
    made=([reference.Rule("tight", 3, None), reference.Rule("", 9, 9)], [reference.Ask(0, "a", OPEN, 0, False)]),
    relogin=True,
)
def test_the_simulation_is_what_the_naive_model_says(
    made: tuple[list[reference.Rule], list[reference.Ask]], relogin: bool
) -> None:
    rules, asks = made
    tight, session = rules
    under = policy(
        session.idle,
        session.absolute,
        rule("open", "/open", public=True),
        rule("tight", "/tight/**", tight.idle, tight.absolute, passive=tight.passive),
        passive="/**/quiet",
    )
    exchanges = [
        exchange(
            ask.at, f"/{ask.rule.name or 'home'}" + "/quiet" * (ask.passive and not ask.rule.public), ask.who, ask.takes
        )
        for ask in asks
    ]
    model = reference.Model(rules, relogin)
    told = [model.ask(ask) for ask in asks]
    figures, decisions = judged(exchanges, under, relogin=relogin)
    found = [(each.verdict.kind, each.verdict.clock, each.verdict.activity) for each in decisions]
    assert found == [(each.verdict, each.clock, each.activity) for each in told]
    amounts = [(each.verdict.limit, each.verdict.elapsed) for each in decisions]
    assert amounts == [(_us(each.limit), _us(each.elapsed)) for each in told]
    assert _renamed([each.session for each in decisions]) == _renamed([each.session for each in told])
    assert figures["sessions"] == len(model.generations)
    assert figures["exposure_seconds"] == model.exposure(asks[-1].at)


def _us(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND


def _renamed(names: list[Any]) -> list[int | None]:
    """Names by the order in which they turn up, so that only who is who is compared."""
    order: dict[Any, int] = {}
    return [None if name is None else order.setdefault(name, len(order)) for name in names]
