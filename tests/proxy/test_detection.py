"""The detectors in a guard: requests and events reach them, and what follows from a finding is done."""

import asyncio

from tests.proxy.bench import Bench, response
from tests.proxy.conftest import Benches

from nightlatch.core.events import EventType
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerWriter

FIREFOX = {"User-Agent": "Firefox/140"}
OTHER = "203.0.113.9"


def found(bench: Bench) -> list[str]:
    """The detectors of all alerts, once everything is written."""
    for _ in range(3):  # what is found while a write is under way waits for the next look
        bench.run(bench.service.detection.look())
        bench.written()
    return [alert.detector for alert in bench.guard.reader.alerts()]


def flare(bench: Bench, cookie: str) -> Kind:
    """The session comes back from elsewhere after a pause."""
    bench.visit(cookie=cookie)
    bench.later(16)
    return bench.kind(cookie=cookie, address=OTHER)


def test_a_step_up_stops_the_very_request_and_lasts_until_a_login(benches: Benches) -> None:
    bench = benches('[alerts]\nidle_flare = { then = "step_up" }')
    cookie = bench.log_in()
    assert flare(bench, cookie) is Kind.STEP_UP
    assert bench.kind(cookie=cookie) is Kind.STEP_UP
    assert found(bench) == ["idle_flare"]
    again = bench.post("login", {"user": "ada", "reauthenticate": "1"}, cookie=cookie)
    fresh = response(again).headers["set-cookie"].partition(";")[0]
    assert bench.kind(cookie=fresh) is Kind.ALLOW
    assert bench.session().step_up_at is None
    assert "step_up.satisfied" in bench.trail()


def test_an_alert_alone_lets_the_request_pass_and_learns_the_network(benches: Benches) -> None:
    bench = benches()
    cookie = bench.log_in()
    assert flare(bench, cookie) is Kind.ALLOW
    assert found(bench) == ["idle_flare"]
    bench.later(16)
    assert bench.kind(cookie=cookie, address=OTHER) is Kind.ALLOW
    assert [alert.times for alert in bench.guard.reader.alerts()] == [1]
    bench.written()
    assert "203.0.113.0/24" in bench.guard.reader.places(bench.session().site, "ada", 0)


def test_a_network_of_the_last_month_is_familiar_also_to_a_guard_that_starts(benches: Benches) -> None:
    first = benches()
    cookie = first.log_in()
    first.visit(cookie=cookie, address=OTHER)
    first.written()
    second = benches()
    second.wall = first.wall
    assert flare(second, second.log_in()) is Kind.ALLOW
    assert found(second) == []


def test_an_end_is_durable_and_the_request_does_not_pass(benches: Benches) -> None:
    bench = benches('[alerts]\nidle_flare = { then = "end" }')
    cookie = bench.log_in()
    assert flare(bench, cookie) is Kind.REFUSED
    (stored,) = bench.guard.reader.sessions()
    assert stored.state is State.ENDED
    assert stored.end is not None
    assert stored.end.reason == "policy"
    assert found(bench) == ["idle_flare"]


def test_staying_signed_in_from_elsewhere_hides_nothing(benches: Benches) -> None:
    bench = benches('[alerts]\nidle_flare = { then = "step_up" }')
    cookie = bench.log_in()
    bench.later(16)
    flow = bench.post("extend", cookie=cookie, address=OTHER)
    assert response(flow).status_code in (302, 303, 401)
    assert "session.extended" not in bench.trail()
    assert found(bench) == ["idle_flare"]


def test_events_of_this_guard_are_heard_before_the_next_request(benches: Benches) -> None:
    bench = benches('[alerts]\nrefresh_storm = { count = 3, then = "step_up" }')
    cookie = bench.log_in()
    for _ in range(3):
        bench.post("extend", cookie=cookie)
    bench.written()
    bench.run(_turns())
    assert bench.kind(cookie=cookie) is Kind.STEP_UP
    assert found(bench) == ["refresh_storm"]


def test_events_of_others_are_heard_too_and_raise_once_for_two_guards(benches: Benches) -> None:
    one, two = benches(), benches()
    event = one.guard.event(EventType.LOGIN_FAILED, one.wall)._replace(network="10.0.0.0/24")
    with one.elsewhere() as writer:
        writer.record([event] * 12)
    assert found(one) == ["login_storm"]
    assert found(two) == ["login_storm"]
    assert [alert.times for alert in one.guard.reader.alerts()] == [3]


def test_what_happened_while_no_guard_looked_is_found_at_the_start(benches: Benches) -> None:
    one = benches()
    event = one.guard.event(EventType.LOGIN_FAILED, one.wall)._replace(network="10.0.0.0/24")
    with one.elsewhere() as writer:
        writer.record([event] * 10)
    two = benches()
    two.wall = one.wall
    assert found(two) == ["login_storm"]


def test_sessions_of_another_site_are_another_guards(bench: Bench) -> None:
    bench.log_in()
    session = bench.session()._replace(id="theirs", site="http://elsewhere")
    event = bench.guard.event(EventType.SESSION_EXTENDED, bench.wall, session)

    def write(writer: LedgerWriter) -> None:
        writer.create(session, b"other", [event] * 20)

    bench.guard.behind.submit(write).result()
    assert found(bench) == []


def test_a_policy_that_changed_is_taken_over(bench: Bench) -> None:
    bench.guard.policy = bench.guard.policy._replace(alerts={})
    bench.run(bench.service.detection.look())
    assert not bench.service.detection.looks
    cookie = bench.log_in()
    assert flare(bench, cookie) is Kind.ALLOW
    assert found(bench) == []


def test_a_replaced_credential_goes_on_where_the_policy_only_wants_to_know(benches: Benches) -> None:
    bench = benches('[session]\nrolling = "10m"\n[alerts]\nrotation_reuse = { then = "alert" }')
    old = bench.log_in()
    bench.later(11)
    bench.visit(cookie=old)
    bench.later(1)
    assert bench.kind(cookie=old) is Kind.ALLOW
    assert found(bench) == ["rotation_reuse"]


def test_a_reuse_tells_where_it_came_from(bench: Bench) -> None:
    cookie = bench.log_in(headers=FIREFOX)
    bench.post("logout", cookie=cookie)
    bench.later(1)
    bench.visit(cookie=cookie, address=OTHER)
    bench.written()
    (event,) = [
        each.event for each in bench.guard.reader.events() if each.event.type is EventType.SESSION_REUSED_AFTER_END
    ]
    assert (event.network, event.detail["reason"], event.detail["elsewhere"]) == ("203.0.113.0/24", "logout", True)
    assert found(bench) == ["reuse_after_end"]


async def _turns() -> None:
    """Let callbacks run that were handed to the loop."""
    for _ in range(5):
        await asyncio.sleep(0)
