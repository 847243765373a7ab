"""What is open ends with its session, whoever ended it; and which messages count (laws of time 4 and 8)."""

import os
from pathlib import Path

import pytest
from tests.identity.minting import mint
from tests.proxy.bench import OWN, SITE, START, Bench, the
from tests.proxy.conftest import Benches
from tests.proxy.running import until

from nightlatch.core.events import EventType
from nightlatch.core.policy import MINUTE, SECOND, Limits
from nightlatch.core.session import State
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.ledger import port
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.proxy.watch import closing_reason

STREAM = ("Content-Type", "text/event-stream")


def streaming(bench: Bench, path: str = "/events", **about: object) -> None:
    """An event stream is open; it was asked for by a script that does not say so."""
    bench.answer(bench.ask(path, **about), 200, STREAM)


def test_another_process_ends_the_session(bench: Bench) -> None:
    mine, other = bench.log_in("ada"), bench.log_in("bob")
    flow = bench.socket(mine)
    bench.socket(other)
    assert bench.look() == []
    bench.revoke(bench.session(flow))
    assert bench.look() == ["session refused"]
    assert bench.cut[0][0] is flow


def test_nothing_is_judged_again_while_nothing_has_happened(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.socket(bench.log_in())
    bench.look()
    asked: list[bytes] = []
    find = bench.guard.reader.find

    def finding(mark: bytes) -> Found | None:
        asked.append(mark)
        return find(mark)

    monkeypatch.setattr(bench.guard.reader, "find", finding)
    bench.later(29)
    bench.look()
    assert asked == []
    bench.later(1)
    bench.look()
    assert len(asked) == 1


def test_it_ends_at_the_deadline_itself(bench: Bench) -> None:
    flow = bench.socket(bench.log_in())
    bench.later(30, us=-1)
    assert bench.look() == []
    bench.later(us=1)
    assert bench.look() == ["session expired (idle)"]
    session = bench.session(flow)
    assert session.end is not None and session.end.at == bench.wall


def test_a_stricter_rules_deadline_ends_it_too(benches: Benches) -> None:
    """Although the sweeper leaves the session alone, and its request would be activity if it were made anew."""
    bench = benches('[session]\nidle = "30m"\n[[rule]]\nname = "admin"\nmatch = { path = "/admin/**" }\nidle = "2m"\n')
    cookie = bench.log_in()
    streaming(bench, "/admin/log", cookie=cookie)
    bench.look()
    bench.later(1)
    bench.log_in("bob")  # somebody writes, so everything is judged again before its time
    bench.look()
    bench.later(1)
    assert bench.look() == ["session expired (idle)"]


def test_a_rule_that_asks_for_a_fresh_login_leaves_what_is_open(benches: Benches) -> None:
    rule = '[[rule]]\nname = "pay"\nmatch = { path = "/pay/**" }\nidle = "5m"\non_expiry = "reauthenticate"\n'
    bench = benches(rule)
    streaming(bench, "/pay/events", cookie=bench.log_in())
    bench.later(5)
    assert bench.look() == []
    bench.later(25)
    assert bench.look() == ["session expired (idle)"]


def test_what_is_open_is_closed_with_the_site(benches: Benches) -> None:
    """A bench begins at midnight, UTC."""
    bench = benches('[session]\nidle = "8h"\n[hours]\nopen = ["00:00-01:00"]\n')
    bench.socket(bench.log_in())
    assert bench.look() == []
    bench.later(60, us=-1)
    assert bench.look() == []
    bench.later(us=1)
    assert bench.look() == ["session denied"] and bench.session().end is None


def test_activity_elsewhere_keeps_it_open(bench: Bench) -> None:
    cookie = bench.log_in()
    streaming(bench, cookie=cookie)
    bench.look()
    bench.later(20)
    bench.visit(cookie=cookie)
    bench.later(29)
    assert bench.look() == []
    bench.later(1)
    assert bench.look() == ["session expired (idle)"]


def test_a_token_that_runs_out_ends_what_it_opened(bearer: Bench) -> None:
    bench = bearer
    issued = START // SECOND
    token = mint(iat=issued, exp=issued + 600)
    streaming(bench, headers={"Authorization": f"Bearer {token}"})
    bench.later(10.5, us=-1)
    assert bench.look() == []
    bench.later(us=1)
    assert bench.look() == ["session expired (token)"]
    assert bench.session().state is State.ACTIVE


def test_what_is_over_is_not_ended(bench: Bench) -> None:
    flow = bench.visit(cookie=bench.log_in())
    bench.revoke(bench.session(flow))
    assert bench.look() == []


@pytest.mark.parametrize(
    ("counted", "client", "server"), [("client", True, False), ("none", False, False), ("all", True, True)]
)
def test_which_messages_count(benches: Benches, counted: str, client: bool, server: bool) -> None:
    bench = benches(f'[session]\nidle = "30m"\n[activity]\nwebsocket = "{counted}"\n')
    for from_client, counts in ((True, client), (False, server)):
        flow = bench.socket(bench.log_in())
        bench.later(10)
        assert bench.say(flow, from_client=from_client)
        assert bench.session(flow).last_active_at == (bench.wall if counts else bench.wall - 10 * MINUTE)
        assert the(flow).verdict.activity is False


@pytest.mark.parametrize(
    "policy",
    [
        '[activity]\npassive = [{ path = "/ws" }]\n',
        '[[rule]]\nname = "feed"\nmatch = { path = "/ws" }\npassive = true\n',
        '[[rule]]\nname = "feed"\nmatch = { path = "/ws" }\naccess = "public"\n',
    ],
    ids=["listed", "passive rule", "public rule"],
)
def test_messages_where_nothing_counts_do_not_count(benches: Benches, policy: str) -> None:
    bench = benches(f'[session]\nidle = "30m"\n{policy}')
    flow = bench.socket(bench.log_in())
    bench.later(10)
    assert bench.say(flow)
    assert bench.session(flow).last_active_at == bench.wall - 10 * MINUTE


def test_messages_keep_a_session_alive(bench: Bench) -> None:
    flow = bench.socket(bench.log_in())
    for _ in range(3):
        bench.later(20)
        assert bench.say(flow)
    assert bench.look() == []


def test_a_message_after_the_end_is_dropped(bench: Bench) -> None:
    flow = bench.socket(bench.log_in())
    bench.later(30)
    assert not bench.say(flow)
    assert not bench.say(flow, from_client=False)


def test_a_message_after_a_revocation_is_dropped_at_once(bench: Bench) -> None:
    flow = bench.socket(bench.log_in())
    bench.revoke(bench.session(flow))
    assert not bench.say(flow)


@pytest.mark.parametrize(
    ("verdict", "reason"),
    [
        (Verdict(Kind.REFUSED, "logout"), "session refused"),
        (Verdict(Kind.EXPIRED, "clock", clock=Clock.ABSOLUTE), "session expired (absolute)"),
    ],
)
def test_the_pages_script_is_told(verdict: Verdict, reason: str) -> None:
    assert closing_reason(verdict) == reason


def test_only_the_sessions_that_changed_are_judged_again(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    sockets = [bench.socket(bench.log_in(f"user{number}")) for number in range(20)]
    bench.look()
    judged = 0
    find = bench.guard.reader.find

    def finding(mark: bytes) -> Found | None:
        nonlocal judged
        judged += 1
        return find(mark)

    monkeypatch.setattr(bench.guard.reader, "find", finding)
    bench.revoke(bench.session(sockets[7]))
    assert bench.look() == ["session refused"]
    assert judged == 1


def test_every_socket_of_a_session_ends(bench: Bench) -> None:
    cookie = bench.log_in()
    sockets = [bench.socket(cookie) for _ in range(3)]
    bench.revoke(bench.session(sockets[0]))
    assert bench.look() == ["session refused"] * 3
    assert [flow for flow, _ in bench.cut] == sockets


def test_a_timer_rings_at_the_deadline(benches: Benches) -> None:
    """Nobody looks: the timer alone ends it. (The wall clock of a bench stands still, so time is moved first.)"""
    bench = benches()
    bench.socket(bench.log_in())
    bench.later(30, us=-1)
    bench.look()
    bench.later(us=1)
    bench.run(until(lambda: bench.cut, "the timer rings"))
    assert [reason for _, reason in bench.cut] == ["session expired (idle)"]


def test_while_time_stands_still_no_timer_runs(bench: Bench) -> None:
    bench.socket(bench.log_in())
    with bench.elsewhere() as writer:
        segment = bench.guard.reader.warp().freeze(bench.wall)
        writer.warp(segment, bench.guard.event(EventType.CLOCK_WARPED, bench.wall))
    bench.look()
    assert bench.service.watch._timer is None


def test_a_warp_ends_what_it_brings_to_its_deadline(bench: Bench) -> None:
    bench.socket(bench.log_in())
    bench.look()
    bench.warp(31)
    assert bench.look() == ["session expired (idle)"]


def test_a_guard_that_cannot_see_an_end_closes_what_is_open(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.socket(bench.log_in())
    bench.look()
    bench.written()
    ticks = 0
    monkeypatch.setattr("nightlatch.proxy.watch.monotonic_now", lambda: ticks)
    monkeypatch.setattr(bench.guard.behind, "failure", "The disk is full.")
    for later, cut in ((0, 0), (SECOND - 1, 0), (1, 1)):
        ticks += later
        with pytest.raises(LedgerError):
            bench.look()
        assert len(bench.cut) == cut
    assert bench.codes == [1011]


def test_another_guard_is_given_the_time_to_tell_of_activity(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = bench.socket(bench.log_in())
    bench.look()
    company = port.Guard(SITE, "http://localhost:9", OWN, "nightlatch", "dev", (), "default", os.getppid(), bench.wall)
    with bench.elsewhere() as writer:
        writer.announce(company)
    bench.later(30)
    ticks = 10 * SECOND
    monkeypatch.setattr("nightlatch.proxy.watch.monotonic_now", lambda: ticks)
    assert bench.look() == []
    with bench.elsewhere() as writer:
        session = bench.session(flow)
        gap = bench.wall - 1 - session.last_active_at
        writer.touch([port.Touch(session.id, bench.wall - 1, gap, session.gap_from_at)])
    assert bench.look() == []
    bench.later(30)
    ticks += 10 * SECOND
    assert bench.look() == []
    ticks += 200_000
    assert bench.look() == ["session expired (idle)"]


def test_a_new_policy_holds_for_what_is_open(benches: Benches, tmp_path: Path) -> None:
    bench = benches()
    bench.socket(bench.log_in())
    bench.later(10)
    assert bench.look() == []
    bench.guard.policy = bench.guard.policy._replace(session=Limits(idle=5 * MINUTE))
    assert bench.look() == ["session expired (idle)"]


def test_what_was_open_only_for_a_moment_leaves_nothing_behind(bench: Bench) -> None:
    for number in range(5):
        bench.visit(cookie=bench.log_in(f"user{number}"))
    watch = bench.service.watch
    assert len(watch._fresh) == 5
    bench.look()
    assert not watch._fresh and not watch._queue
    flow = bench.socket(bench.log_in())
    bench.look()
    assert len(watch._queue) == 1 and watch._timer is not None
    watch.remove(flow)
    bench.look()
    assert not watch._queue and watch._timer is None
