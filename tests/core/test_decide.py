"""The decision, case by case: every verdict, every law of time at its edge."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.decide import decide, error
from nightlatch.core.identity import Anonymous, Identity, TokenTimes, Unreadable
from nightlatch.core.policy import HOUR, MINUTE, SECOND, Limits, Match, OnExpiry, Policy, Requirement, Rule
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, ended, reauthenticated, touched
from nightlatch.core.verdict import Clock, Kind, Verdict

T0 = 1_700_000_000 * SECOND
WHO = Identity("nightlatch", b"f", "alice")
SESSION = Session("s", "http://app", "alice", "nightlatch", T0, T0, T0, T0)
LIMITS = Limits(idle=30 * MINUTE, absolute=8 * HOUR)


def rule(name: str, path: str, **changes: object) -> Rule:
    return Rule(name, Match(path=(path,)), LIMITS)._replace(**changes)  # type: ignore[arg-type]  # field by name


POLICY = Policy(
    "test",
    "v1",
    session=LIMITS,
    rules=(
        rule("health", "/healthz", public=True),
        rule("admin", "/admin/**", limits=Limits(idle=5 * MINUTE, absolute=HOUR), own_absolute=True),
        rule("loose", "/loose/**", limits=Limits(idle=2 * HOUR, absolute=8 * HOUR)),
        rule(
            "pay",
            "/pay/**",
            limits=Limits(idle=5 * MINUTE, absolute=HOUR),
            own_absolute=True,
            on_expiry=OnExpiry.REAUTHENTICATE,
        ),
        rule("poll", "/poll", passive=True),
        rule("staff", "/staff/**", require=Requirement(group=("staff",))),
        rule("fresh", "/fresh/**", require=Requirement(auth_age=10 * MINUTE)),
        rule("strong", "/strong/**", require=Requirement(amr=("mfa",))),
    ),
)


def ask(path: str = "/", method: str = "GET", address: str = "127.0.0.1", **headers: str) -> RequestView:
    fields = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return RequestView(method, "localhost", path, "", fields, address)


def judge(
    path: str = "/", at: int = 0, session: Session | None = SESSION, who: Identity | Anonymous | Unreadable = WHO
) -> Verdict:
    return decide(who, session, POLICY, ask(path), T0 + at)


@pytest.mark.parametrize(("at", "kind"), [(0, Kind.ALLOW), (30 * MINUTE - 1, Kind.ALLOW), (30 * MINUTE, Kind.EXPIRED)])
def test_idle_is_dead_at_the_deadline_itself(at: int, kind: Kind) -> None:
    assert judge(at=at).kind is kind


def test_an_idle_expiry_names_clock_limit_elapsed_rule_and_end() -> None:
    verdict = judge("/admin/x", 6 * MINUTE)
    assert (verdict.kind, verdict.clock, verdict.limit) == (Kind.EXPIRED, Clock.IDLE, 5 * MINUTE)
    assert (verdict.elapsed, verdict.rule) == (6 * MINUTE, "admin")
    assert verdict.end == End(T0 + 6 * MINUTE, "expired", "idle", 5 * MINUTE, 6 * MINUTE, "admin", T0)
    assert not verdict.forward_credential


def test_a_session_that_nothing_could_keep_ended_at_its_deadline() -> None:
    verdict = judge("/", 3 * HOUR)
    assert verdict.end is not None
    assert (verdict.end.at, verdict.end.clock, verdict.end.rule) == (T0 + 2 * HOUR, "idle", "loose")
    assert (verdict.clock, verdict.limit, verdict.elapsed) == (Clock.IDLE, 30 * MINUTE, 3 * HOUR)


def test_activity_never_moves_absolute() -> None:
    busy = SESSION
    for minute in range(0, 8 * 60, 20):
        busy = touched(busy, T0 + minute * MINUTE)
    assert judge(at=8 * HOUR - 1, session=busy).kind is Kind.ALLOW
    verdict = judge(at=8 * HOUR, session=busy)
    assert (verdict.kind, verdict.clock, verdict.elapsed) == (Kind.EXPIRED, Clock.ABSOLUTE, 8 * HOUR)


def test_a_tie_names_absolute() -> None:
    policy = Policy("tie", "v", session=Limits(idle=HOUR, absolute=HOUR))
    verdict = decide(WHO, SESSION, policy, ask(), T0 + 2 * HOUR)
    assert verdict.clock is Clock.ABSOLUTE


def test_of_several_the_earliest_deadline_is_named() -> None:
    assert judge("/admin/x", 2 * HOUR).clock is Clock.IDLE
    recent = touched(touched(SESSION, T0 + 4 * MINUTE), T0 + 8 * MINUTE)._replace(last_active_at=T0 + 59 * MINUTE)
    assert judge("/admin/x", 65 * MINUTE, recent).clock is Clock.ABSOLUTE


def test_the_widest_gap_is_not_healed_by_clicking_somewhere_looser() -> None:
    clicked = touched(SESSION, T0 + 40 * MINUTE)
    verdict = judge("/", 41 * MINUTE, clicked)
    assert (verdict.kind, verdict.clock, verdict.elapsed) == (Kind.EXPIRED, Clock.IDLE, 40 * MINUTE)
    assert judge("/loose/x", 41 * MINUTE, clicked).kind is Kind.ALLOW


def test_an_end_by_a_stricter_rule_is_told_later_with_the_clock_that_ended_it() -> None:
    end = End(T0 + 6 * MINUTE, "expired", "idle", 5 * MINUTE, 6 * MINUTE, "admin", T0)
    verdict = judge("/", 10 * MINUTE, ended(SESSION, end))
    assert (verdict.kind, verdict.clock, verdict.limit) == (Kind.EXPIRED, Clock.IDLE, 5 * MINUTE)
    assert (verdict.rule, verdict.elapsed, verdict.end) == ("admin", 10 * MINUTE, None)


def test_it_makes_no_difference_whether_the_sweeper_was_there_first() -> None:
    before = judge("/admin/x", 3 * HOUR)
    assert before.end is not None
    after = judge("/admin/x", 3 * HOUR, ended(SESSION, before.end))
    assert (before.kind, before.clock, before.limit, before.elapsed, before.rule) == (
        after.kind,
        after.clock,
        after.limit,
        after.elapsed,
        after.rule,
    )


@pytest.mark.parametrize("reason", ["logout", "admin", "backchannel", "policy", "reset", "rotation_reuse"])
def test_a_session_that_no_clock_ended_is_refused(reason: str) -> None:
    verdict = judge("/", 10 * HOUR, ended(SESSION, End(T0 + 1, reason)))
    assert (verdict.kind, verdict.reason, verdict.clock) == (Kind.REFUSED, reason, None)


def test_a_rule_that_reauthenticates_asks_for_a_fresh_login_and_keeps_the_session() -> None:
    verdict = judge("/pay/x", 6 * MINUTE)
    assert (verdict.kind, verdict.clock, verdict.end) == (Kind.STEP_UP, Clock.IDLE, None)
    assert verdict.asks == (("max_age", "300"),)
    fresh = reauthenticated(SESSION, T0 + 6 * MINUTE)
    assert judge("/pay/x", 7 * MINUTE, fresh).kind is Kind.ALLOW


def test_reauthentication_moves_that_rules_absolute_but_not_the_sessions() -> None:
    fresh = reauthenticated(SESSION, T0 + 7 * HOUR + 50 * MINUTE)
    assert judge("/pay/x", 7 * HOUR + 54 * MINUTE, fresh).kind is Kind.ALLOW
    assert judge("/", 8 * HOUR, fresh).clock is Clock.ABSOLUTE


def test_a_rule_that_reauthenticates_revives_nothing_that_has_run_out_everywhere() -> None:
    verdict = judge("/pay/x", 9 * HOUR)
    assert verdict.kind is Kind.EXPIRED
    assert verdict.end is not None


def test_without_a_credential_one_logs_in() -> None:
    assert judge("/", session=None, who=Anonymous()).kind is Kind.LOGIN
    assert judge("/", session=None, who=Anonymous(welcome=True)).kind is Kind.PUBLIC


def test_an_unknown_credential_of_ours_is_invalid_an_unknown_cookie_logs_in() -> None:
    assert judge("/", session=None).kind is Kind.INVALID
    stranger = Identity("cookie", b"x")
    assert judge("/", session=None, who=stranger).kind is Kind.LOGIN
    assert not judge("/", session=None, who=stranger).forward_credential


def test_what_cannot_be_read_is_invalid_and_stays_here() -> None:
    verdict = judge("/", session=None, who=Unreadable("duplicate"))
    assert (verdict.kind, verdict.reason, verdict.forward_credential) == (Kind.INVALID, "duplicate", False)


def test_a_public_path_asks_for_nothing_but_a_dead_credential_does_not_go_along() -> None:
    assert judge("/healthz", session=None, who=Anonymous()).kind is Kind.PUBLIC
    assert judge("/healthz").forward_credential
    assert not judge("/healthz", session=ended(SESSION, End(T0, "logout"))).forward_credential
    assert not judge("/healthz", 9 * HOUR).forward_credential
    assert not judge("/healthz", session=None, who=Unreadable("signature")).forward_credential
    assert not judge("/healthz", session=None).forward_credential
    assert judge("/healthz", session=None, who=Identity("cookie", b"x", adoptable=True)).forward_credential


def test_a_public_request_is_no_activity() -> None:
    assert not judge("/healthz").activity


def test_activity_counts_and_passive_does_not() -> None:
    assert judge("/").activity
    assert not judge("/poll").activity
    assert not decide(WHO, SESSION, POLICY, ask(accept="text/event-stream"), T0).activity


def test_what_remains_is_told_for_active_and_passive_requests() -> None:
    active, passive = judge("/", 10 * MINUTE).remaining, judge("/poll", 10 * MINUTE).remaining
    assert active is not None
    assert passive is not None
    assert (active.idle, active.absolute) == (30 * MINUTE, 8 * HOUR - 10 * MINUTE)
    assert (passive.idle, passive.absolute) == (20 * MINUTE, 8 * HOUR - 10 * MINUTE)


def test_a_disguised_path_is_judged_as_its_strictest_reading() -> None:
    verdict = decide(Anonymous(), None, POLICY, ask("/healthz/%2e%2e/admin/x"), T0)
    assert verdict.kind is Kind.LOGIN
    late = decide(WHO, SESSION, POLICY, ask("/loose/%2e%2e/admin/x"), T0 + 6 * MINUTE)
    assert (late.kind, late.rule) == (Kind.EXPIRED, "admin")


def test_a_preflight_passes_without_credentials() -> None:
    preflight = ask("/", "OPTIONS", origin="http://x", access_control_request_method="PUT")
    verdict = decide(Anonymous(), None, POLICY, preflight, T0)
    assert (verdict.kind, verdict.forward_credential) == (Kind.PUBLIC, False)
    assert decide(Anonymous(), None, POLICY, ask("/", "OPTIONS"), T0).kind is Kind.LOGIN


def test_whoever_is_asked_for_a_fresh_login_where_a_rule_asks_for_a_strong_one_gives_both() -> None:
    asked = SESSION._replace(step_up_at=T0 + 1, amr=("mfa",))
    assert judge("/strong/x", 2, asked).asks == (("amr", "mfa"), ("max_age", "0"))
    pay = next(each for each in POLICY.rules if each.name == "pay")._replace(require=Requirement(amr=("mfa",)))
    ran_out = decide(WHO, SESSION, POLICY._replace(rules=(pay,)), ask("/pay/x"), T0 + 6 * MINUTE)
    assert (ran_out.reason, ran_out.asks) == ("clock", (("amr", "mfa"), ("max_age", "300")))


def test_requirements_deny_or_ask_for_more() -> None:
    assert judge("/staff/x").kind is Kind.DENIED
    assert judge("/staff/x", session=SESSION._replace(groups=("staff",))).kind is Kind.ALLOW
    stale = judge("/fresh/x", 10 * MINUTE)
    assert (stale.kind, stale.clock, stale.asks) == (Kind.STEP_UP, Clock.AUTH, (("max_age", "600"),))
    assert judge("/fresh/x", 10 * MINUTE - 1).kind is Kind.ALLOW
    assert judge("/strong/x").asks == (("amr", "mfa"),)
    assert judge("/strong/x", session=SESSION._replace(amr=("pwd", "mfa"))).kind is Kind.ALLOW


def test_a_token_is_judged_by_its_own_times_with_leeway_and_ends_no_session() -> None:
    token = Identity("bearer", b"t", "alice", token=TokenTimes(T0, T0 + HOUR, not_before=T0))
    live = touched(touched(touched(SESSION, T0 + 20 * MINUTE), T0 + 40 * MINUTE), T0 + 59 * MINUTE)
    assert judge("/", HOUR + 30 * SECOND - 1, live, token).kind is Kind.ALLOW
    verdict = judge("/", HOUR + 30 * SECOND, live, token)
    assert (verdict.kind, verdict.clock, verdict.limit, verdict.end) == (Kind.EXPIRED, Clock.TOKEN, HOUR, None)
    early = Identity("bearer", b"t", "alice", token=TokenTimes(T0, T0 + HOUR, not_before=T0 + MINUTE))
    assert judge("/", 30 * SECOND - 1, SESSION, early).reason == "not_yet_valid"
    assert judge("/", 30 * SECOND, SESSION, early).kind is Kind.ALLOW


def test_a_dead_token_never_starts_a_session() -> None:
    token = Identity("bearer", b"t", "alice", token=TokenTimes(T0, T0 + HOUR))
    verdict = judge("/", 2 * HOUR, None, token)
    assert (verdict.kind, verdict.clock) == (Kind.EXPIRED, Clock.TOKEN)


def test_an_error_never_passes() -> None:
    assert not error("ledger").passes


@given(at=st.integers(0, 20 * HOUR), later=st.integers(0, 20 * HOUR))
def test_what_is_dead_stays_dead_while_nobody_is_active(at: int, later: int) -> None:
    if judge(at=at).kind is Kind.EXPIRED:
        assert judge(at=at + later).kind is Kind.EXPIRED


def test_an_alert_asks_for_a_fresh_login_everywhere_until_there_was_one() -> None:
    asked = SESSION._replace(step_up_at=T0 + 1)
    verdict = judge(at=2, session=asked)
    assert (verdict.kind, verdict.reason, verdict.asks) == (Kind.STEP_UP, "alert", (("max_age", "0"),))
    assert judge("/healthz", 2, asked).kind is Kind.PUBLIC
    assert judge(at=31 * MINUTE, session=asked).kind is Kind.EXPIRED
    assert judge(at=2, session=reauthenticated(asked, T0 + 2)).kind is Kind.ALLOW


def test_a_token_that_tells_of_a_later_login_satisfies_an_alert() -> None:
    asked = SESSION._replace(step_up_at=T0 + 1)
    for authenticated_at, kind in ((None, Kind.STEP_UP), (T0, Kind.STEP_UP), (T0 + 1, Kind.ALLOW)):
        token = TokenTimes(T0, T0 + HOUR, authenticated_at=authenticated_at)
        assert judge(at=2, session=asked, who=WHO._replace(token=token)).kind is kind
