from tests.replay.made import policy, rule, view

from nightlatch.core.hours import Hours, Span
from nightlatch.core.policy import Limits, Match, OnExpiry, Requirement, Rule
from nightlatch.replay.outlook import Outlooks, counts


def test_one_rule_that_asks_for_running_clocks_only_is_decided_at_once() -> None:
    under = policy(60, 600, rule("admin", "/admin/**", 30, 60), passive="/poll")
    outlooks = Outlooks(under)
    assert outlooks(view("/x")).limits == under.session
    assert outlooks(view("/admin/x")).limits == under.rules[0].limits
    assert outlooks(view("/admin/x")).verdict.rule == "admin"
    assert (outlooks(view("/x")).active, outlooks(view("/poll")).active) == (True, False)
    assert outlooks(view("/poll")).verdict.activity is False


def test_everything_else_is_left_to_the_engine() -> None:
    again = rule("again", "/again", 30, 60, on_expiry=OnExpiry.REAUTHENTICATE)
    strong = rule("strong", "/strong", 30, 60, require=Requirement(amr=("mfa",)))
    outlooks = Outlooks(policy(60, 600, again, strong, rule("open", "/open", public=True)))
    preflight = view("/", None, "OPTIONS", Origin="https://x.test", Access_Control_Request_Method="PUT")
    for request in (view("/again"), view("/strong"), view("/open"), view("/a/../open"), preflight):
        assert outlooks(request).limits is None


def test_hours_of_the_day_are_left_to_the_engine() -> None:
    office = policy(60, 600)._replace(hours=Hours((Span(480, 600),)))
    assert Outlooks(office)(view("/x")).limits is None


def test_rules_that_hang_on_the_session_or_the_address_are_too() -> None:
    staff = Rule("staff", Match(path=("/staff",), group=("staff",)), Limits())
    assert Outlooks(policy(60, 600, staff))(view("/x")).limits is None


def test_activity_in_doubt_is_none() -> None:
    quiet = rule("quiet", "/quiet", 60, 600, passive=True)
    under = policy(60, 600, quiet, rule("open", "/open", public=True))
    assert counts(under, view("/x"), None)
    assert not counts(under, view("/open"), None)
    assert not counts(under, view("/x/../quiet"), None)


def test_the_same_view_is_looked_at_once() -> None:
    outlooks, request = Outlooks(policy()), view("/x")
    assert outlooks(request) is outlooks(request)
