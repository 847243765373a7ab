"""People who ask at the login to be remembered, and may be: their sessions last longer, wherever limits matter."""

import re

import pytest
from tests.providers.own_provider import OwnProvider
from tests.proxy.at_provider import Visitor, a_bench, location, told
from tests.proxy.bench import NAVIGATION, OWN, SITE, Bench, cookie_of, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType
from nightlatch.core.on_purpose import Moment
from nightlatch.core.policy import DAY, MINUTE
from nightlatch.core.session import Session, State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.orders import order_expiry
from nightlatch.proxy.control_login import issue
from nightlatch.proxy.policy_change import apply_policy

LIMITS = '[session]\nidle = "30m"\nabsolute = "8h"\n'
REMEMBER = '[remember]\nidle = "7d"\nabsolute = "30d"\n'
ADMIN = '[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "5m"\n'
DAYS_30 = 30 * 86400


@pytest.fixture
def bench(benches: Benches) -> Bench:
    return benches(LIMITS + REMEMBER + ADMIN)


def remembered(bench: Bench, user: str = "ada", **about: str) -> str:
    return cookie_of(bench.post("login", {"user": user, "remember": "1"}, **about))


def hours(bench: Bench, count: float) -> None:
    bench.later(60 * count)


def lines(flow: object) -> list[str]:
    return [line for line in response(flow).headers.get_all("set-cookie") if line.startswith(f"{OWN}=")]  # type: ignore[arg-type] # a flow


def test_only_who_asks_is_remembered(bench: Bench) -> None:
    kept, usual = remembered(bench), bench.log_in("bob")
    hours(bench, 1)
    assert (bench.kind(cookie=kept), bench.kind(cookie=usual)) == (Kind.ALLOW, Kind.EXPIRED)
    hours(bench, 7 * 24 - 0.001)
    assert bench.kind(cookie=kept) is Kind.ALLOW
    hours(bench, 7 * 24)
    flow = bench.visit(cookie=kept)
    assert (the(flow).verdict.clock, the(flow).verdict.limit) == ("idle", 7 * DAY)


def test_a_browser_keeps_the_cookie_of_those_only(bench: Bench) -> None:
    (line,) = lines(bench.post("login", {"user": "ada", "remember": "1"}))
    assert re.fullmatch(rf"{OWN}=[\w-]+; Path=/; Max-Age={DAYS_30}; HttpOnly; SameSite=Lax", line)
    (line,) = lines(bench.post("login", {"user": "ada"}))
    assert "Max-Age" not in line


def test_who_may_not_be_remembered_is_not_whatever_the_form_says(benches: Benches) -> None:
    strict = benches(LIMITS)
    flow = strict.post("login", {"user": "ada", "remember": "1"})
    assert "Max-Age" not in lines(flow)[0] and not strict.session().remembered
    hours(strict, 1)
    assert strict.kind(cookie=cookie_of(flow)) is Kind.EXPIRED
    assert "remember" not in str(response(strict.visit("/.nightlatch/login", headers=NAVIGATION)).text).lower()


def test_nothing_that_a_client_sends_later_makes_a_session_remembered(bench: Bench) -> None:
    cookie = bench.log_in()
    hours(bench, 0.4)
    bench.visit("/.nightlatch/login?remember=1", cookie=f"{cookie}; remember=1; Max-Age=99999999", headers=NAVIGATION)
    bench.post("extend", {"remember": "1"}, cookie=cookie)
    hours(bench, 0.5)
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


def test_a_fresh_login_of_a_session_leaves_it_what_it_is(bench: Bench) -> None:
    usual, kept = bench.log_in("bob"), remembered(bench)
    again = bench.post("login", {"user": "bob", "remember": "1", "reauthenticate": "1"}, cookie=usual)
    assert "Max-Age" not in lines(again)[0]
    hours(bench, 24)
    anew = bench.post("login", {"user": "ada", "reauthenticate": "1"}, cookie=kept)
    assert f"Max-Age={DAYS_30 - 86400};" in lines(anew)[0]
    assert [session.remembered for session in sessions(bench)] == [True, False]


def sessions(bench: Bench) -> list[Session]:
    return sorted(bench.guard.reader.sessions(), key=lambda session: session.subject or "")


def test_the_page_offers_it_and_says_for_how_long(bench: Bench) -> None:
    page = str(response(bench.visit("/.nightlatch/login", headers=NAVIGATION)).text)
    offer = "Remember me on this device, for 30 days at most, and until you have been away for 7 days."
    assert page.count(offer) == 2 and " checked>" not in page
    asked = str(response(bench.visit("/.nightlatch/login?remember=1", headers=NAVIGATION)).text)
    assert asked.count(" checked>") == 2
    fresh = str(response(bench.visit("/.nightlatch/login?reauthenticate=1", headers=NAVIGATION)).text)
    assert offer not in fresh, "a session that goes on stays what it was"


def test_a_rule_that_is_stricter_stays_so(bench: Bench) -> None:
    cookie = remembered(bench)
    bench.later(4.9)
    assert bench.kind("/admin/", cookie=cookie) is Kind.ALLOW
    bench.later(5)
    assert bench.kind("/admin/", cookie=cookie) is Kind.EXPIRED


def test_the_sweeper_ends_each_at_its_own_deadline(bench: Bench) -> None:
    start = bench.wall
    remembered(bench), bench.log_in("bob")
    hours(bench, 1)
    assert bench.sweep() == 1
    hours(bench, 7 * 24 - 1)
    assert bench.sweep() == 1
    ends = [session.end.at - start for session in sessions(bench) if session.end is not None]
    assert ends == [7 * DAY, 30 * MINUTE]


def test_a_policy_that_remembers_nobody_any_more_ends_those_that_have_outlived_it(bench: Bench) -> None:
    cookie = remembered(bench)
    hours(bench, 1)
    assert bench.run(apply_policy(bench.service, LIMITS, "a test")) == 1
    assert bench.kind(cookie=cookie) is Kind.EXPIRED


def test_headers_the_probe_and_the_extension_tell_the_same(bench: Bench) -> None:
    cookie = remembered(bench)
    hours(bench, 24)
    headers = response(bench.visit(cookie=cookie)).headers
    assert headers["nightlatch-session"] == f"idle={7 * 86400}, absolute={29 * 86400}"
    probed = response(bench.visit("/.nightlatch/session", cookie=cookie)).json()["clocks"]
    extended = response(bench.post("extend", cookie=cookie)).json()["clocks"]
    assert probed["idle"]["limit"] == extended["idle"]["limit"] == 7 * 86400
    assert probed["absolute"]["remaining"] == 29 * 86400
    there = response(bench.visit("/.nightlatch/session?for=/admin/", cookie=cookie)).json()["clocks"]
    assert there["idle"]["limit"] == 300 and there["absolute"]["limit"] == DAYS_30


def test_what_is_open_is_cut_at_the_remembered_deadline(bench: Bench) -> None:
    bench.socket(remembered(bench))
    assert bench.look() == []
    bench.later(7 * 24 * 60, us=-1)
    assert bench.look() == []
    bench.later(us=1)
    assert bench.look() == ["session expired (idle)"]


def test_rotation_keeps_the_cookie_kept(benches: Benches) -> None:
    rolling = benches(LIMITS + 'rolling = "1h"\n' + REMEMBER)
    cookie = remembered(rolling)
    hours(rolling, 24)
    (line,) = lines(rolling.visit(cookie=cookie))
    assert f"; Max-Age={DAYS_30 - 86400};" in line


def test_the_trail_and_the_order_to_end_know_it(bench: Bench) -> None:
    remembered(bench)
    assert told(bench, EventType.SESSION_CREATED) == {"source": "nightlatch", "remembered": True}
    with bench.elsewhere() as writer:
        order_expiry(writer, bench.session(), Moment.NOW, bench.guard.policy, bench.wall)
    end = bench.session().end
    assert end is not None and end.limit == 7 * DAY


def test_a_login_for_scripts_is_remembered_where_that_is_allowed(bench: Bench, benches: Benches) -> None:
    _, session = bench.run(issue(bench.guard, SITE, "alice", remember=True))
    found = bench.guard.reader.session(session)
    assert found is not None and found.remembered
    assert told(bench, EventType.SESSION_CREATED)["remembered"] is True


def test_a_login_for_scripts_is_told_where_nobody_is_remembered(benches: Benches) -> None:
    strict = benches(LIMITS)
    with pytest.raises(ValueError, match="remembers nobody"):
        strict.run(issue(strict.guard, SITE, "alice", remember=True))
    assert list(strict.guard.reader.sessions()) == []


def test_the_wish_survives_the_trip_to_a_provider(benches: Benches, provider: OwnProvider) -> None:
    bench = a_bench(benches, provider, LIMITS + REMEMBER)
    visitor = Visitor(bench, provider)
    flow = visitor.back(location(visitor.open("/.nightlatch/login?remember=1&return_to=/x")))
    assert location(flow) == "/x" and f"Max-Age={DAYS_30}" in lines(flow)[0]
    assert bench.session().remembered and bench.session().state is State.ACTIVE
    hours(bench, 2)
    assert response(visitor.open("/x")).status_code == 200


def test_another_site_cannot_wish_it_for_somebody(benches: Benches, provider: OwnProvider) -> None:
    bench = a_bench(benches, provider, LIMITS + REMEMBER)
    visitor = Visitor(bench, provider)
    headers = NAVIGATION | {"Sec-Fetch-Site": "cross-site"}
    login = bench.visit("/.nightlatch/login?remember=1&return_to=/x", headers=headers)
    visitor.keep(login)
    flow = visitor.back(location(login))
    assert location(flow) == "/x" and "Max-Age" not in lines(flow)[0]
    assert not bench.session().remembered


def test_a_login_that_has_to_be_repeated_afresh_is_still_remembered(benches: Benches, provider: OwnProvider) -> None:
    bench = a_bench(benches, provider, LIMITS + REMEMBER)
    first = Visitor(bench, provider)
    first.log_in("/x")
    bench.post("logout", cookie=first.cookie)
    hours(bench, 1)
    first.jar.clear()
    again = first.back(location(first.open("/.nightlatch/login?remember=1&return_to=/x")))
    if not lines(again):  # the provider's own session would have done, and must not
        again = first.back(location(again))
    assert any("Max-Age" in line for line in lines(again))


@pytest.mark.parametrize("absolute", ["off", "400d"])
def test_a_cookie_is_kept_for_400_days_at_most(benches: Benches, absolute: str) -> None:
    bench = benches(f'{LIMITS}[remember]\nidle = "off"\nabsolute = "{absolute}"\n')
    (line,) = lines(bench.post("login", {"user": "ada", "remember": "1"}))
    assert "Max-Age=34560000;" in line
