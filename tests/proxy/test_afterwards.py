"""After a request was let in: what its answer tells and brings, and what its length counts for (law of time 4)."""

import json
from pathlib import Path

import pytest
from tests.proxy.bench import HANDSHAKE, NAVIGATION, ORIGIN, OWN, SITE, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.proxy import afterwards

STREAM = ("Content-Type", "text/event-stream")


def test_an_allowed_answer_tells_what_is_left(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.later(10)
    headers = response(bench.visit(cookie=cookie)).headers
    assert headers["nightlatch-session"] == f"idle={30 * 60}, absolute={(8 * 60 - 10) * 60}"
    assert "nightlatch-clock" not in headers


def test_unless_that_is_switched_off(benches: Benches) -> None:
    bench = benches(session_header="off")
    assert "nightlatch-session" not in response(bench.visit(cookie=bench.log_in())).headers


def test_a_public_answer_tells_of_no_session(bench: Bench) -> None:
    assert "nightlatch-session" not in response(bench.visit("/robots.txt", cookie=bench.log_in())).headers


def test_every_answer_shows_the_warp(bench: Bench) -> None:
    cookie = bench.log_in()
    bench.warp(31)
    assert response(bench.visit("/robots.txt")).headers["nightlatch-clock"] == "+31m"
    assert response(bench.ask(cookie=cookie)).headers["nightlatch-clock"] == "+31m"
    assert response(bench.ask("/.nightlatch/session")).headers["nightlatch-clock"] == "+31m"


def test_the_application_cannot_speak_for_the_guard(bench: Bench) -> None:
    forged = [("Nightlatch-Verdict", "allow"), ("Nightlatch-Session", "idle=9999"), ("Nightlatch-Clock", "+1m")]
    headers = response(bench.visit("/robots.txt", *forged, cookie=bench.log_in())).headers
    assert [name for name in headers if name.lower().startswith("nightlatch")] == []


@pytest.mark.parametrize("name", [OWN, "nightlatch-9090", "__Host-nightlatch"])
def test_nor_can_it_set_a_guards_own_cookie(bench: Bench, name: str) -> None:
    flow = bench.visit("/", ("Set-Cookie", f"{name}=x"), ("Set-Cookie", "a=1"), cookie=bench.log_in())
    assert response(flow).headers.get_all("set-cookie") == ["a=1"]


def test_its_redirects_stay_at_the_guard(bench: Bench) -> None:
    flow = bench.visit("/", ("Location", f"{SITE}/next"), status=302, cookie=bench.log_in())
    assert response(flow).headers["location"] == f"{ORIGIN}/next"


@pytest.mark.parametrize(("minutes", "counts"), [(1 / 60, 0), (2, 2), (30, 30), (45, 30)])
def test_a_long_exchange_counts_at_its_end_for_one_idle_limit_at_most(
    bench: Bench, minutes: float, counts: int
) -> None:
    flow = bench.ask(cookie=bench.log_in())
    start = bench.wall
    bench.later(minutes)
    bench.finish(bench.answer(flow))
    assert bench.session(flow).last_active_at == start + counts * MINUTE


def test_while_it_runs_its_person_is_not_absent_even_if_the_clock_is_moved(bench: Bench) -> None:
    cookie = bench.log_in()
    flow = bench.ask("/export", cookie=cookie)
    bench.warp(31)
    assert bench.sweep() == 0
    assert bench.kind("/other", cookie=cookie) is Kind.ALLOW
    bench.finish(bench.answer(flow))
    bench.later(29)
    assert bench.kind(cookie=cookie) is Kind.ALLOW


def test_but_no_longer_than_one_idle_limit(bench: Bench) -> None:
    bench.ask("/export", cookie=bench.log_in())
    bench.later(60, us=-1)
    assert bench.sweep() == 0
    bench.later(us=1)
    assert bench.sweep() == 1


def test_absolute_and_revocation_cut_it_all_the_same(benches: Benches) -> None:
    bench = benches('[session]\nidle = "30m"\nabsolute = "20m"\n')
    bench.ask("/export", cookie=bench.log_in())
    bench.later(20)
    assert bench.look() == ["session expired (absolute)"]
    bench.ask("/export", cookie=bench.log_in("bob"))
    bench.revoke(bench.session())
    assert bench.look()[1:] == ["session refused"]


def test_an_exchange_that_outlived_its_session_revives_nothing(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    bench.later(5)
    bench.revoke(bench.session(flow))
    bench.finish(bench.answer(flow))
    bench.written()
    assert bench.session(flow).state is State.ENDED
    assert bench.session(flow).last_active_at == bench.wall - 5 * MINUTE


def test_a_passive_exchange_counts_for_nothing_however_long(bench: Bench) -> None:
    cookie = bench.log_in()
    start = bench.wall
    flow = bench.ask(cookie=cookie, headers={"Sec-Purpose": "prefetch"})
    bench.later(10)
    bench.finish(bench.answer(flow))
    assert bench.session(flow).last_active_at == start


def test_an_event_stream_is_passed_on_and_counts_for_nothing(bench: Bench) -> None:
    flow = bench.answer(bench.ask("/events", cookie=bench.log_in()), 200, STREAM)
    start = bench.wall
    assert response(flow).stream is True
    bench.later(10)
    assert bench.session(flow).last_active_at == start
    bench.finish(flow)
    assert bench.session(flow).last_active_at == start


@pytest.mark.parametrize("field", [("Content-Length", "50000000"), ("Transfer-Encoding", "chunked")])
def test_a_download_is_passed_on_and_counts_at_its_end(bench: Bench, field: tuple[str, str]) -> None:
    flow = bench.answer(bench.ask("/export", cookie=bench.log_in()), 200, field)
    start = bench.wall
    assert response(flow).stream is True
    bench.later(10)
    bench.finish(flow)
    assert bench.session(flow).last_active_at == start + 10 * MINUTE


@pytest.mark.parametrize(("notice", "streamed"), [("on", False), ("off", True)])
def test_a_page_is_held_where_the_notice_goes_into_it(benches: Benches, notice: str, streamed: bool) -> None:
    bench, chunked = benches(notice=notice), ("Transfer-Encoding", "chunked")
    cookie = bench.log_in()
    page = bench.answer(bench.ask(cookie=cookie), 200, ("Content-Type", "Text/HTML; charset=utf-8"), chunked)
    assert response(page).stream is streamed
    assert response(bench.answer(bench.ask("/export", cookie=cookie), 200, chunked)).stream is True


def test_an_exchange_that_breaks_off_counts_like_one_that_ends(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    bench.later(3)
    bench.addon.error(flow)
    assert bench.session(flow).last_active_at == bench.wall
    assert bench.guard.active.sessions() == frozenset()


def test_a_101_that_nobody_asked_for_is_killed(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    bench.answer(flow, 101, ("Upgrade", "websocket"))
    assert flow.error is not None and flow.error.msg == "Connection killed."


def test_a_websocket_that_was_asked_for_is_not(bench: Bench) -> None:
    assert bench.socket(bench.log_in()).error is None


def test_messages_of_a_public_websocket_pass_without_a_session(benches: Benches) -> None:
    bench = benches(public="/ws")
    assert bench.say(bench.socket()) and bench.say(bench.socket(), from_client=False)


def test_messages_of_a_host_that_is_not_guarded_pass(bench: Bench) -> None:
    bench.service.hosts = frozenset({"app.example"})
    assert bench.say(bench.socket(host="other.example"))


def test_a_message_on_a_flow_that_never_met_the_gate_is_dropped(bench: Bench) -> None:
    flow = bench.socket(bench.log_in())
    flow.metadata.clear()
    assert not bench.say(flow)


def test_a_message_that_cannot_be_judged_is_dropped(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    flow = bench.socket(bench.log_in())

    def failing(*_: object) -> None:
        raise RuntimeError("a mistake")

    monkeypatch.setattr(bench.guard.reader, "find", failing)
    assert not bench.say(flow)


def test_the_recording_tells_how_long_it_took_and_whether_that_counts(benches: Benches, tmp_path: Path) -> None:
    bench = benches(record=str(tmp_path / "capture.jsonl"))
    cookie = bench.log_in()
    flow = bench.ask("/export", cookie=cookie)
    bench.later(us=5 * SECOND)
    bench.finish(bench.answer(flow, 200, ("Transfer-Encoding", "chunked")))
    stream = bench.answer(bench.ask("/events", cookie=cookie), 200, STREAM)
    bench.finish(stream)
    export, events = [json.loads(line) for line in (tmp_path / "capture.jsonl").read_text().splitlines()[1:]]
    assert (export["duration_us"], export["streamed"]) == (5 * SECOND, False)
    assert events["streamed"] is True


def test_a_refused_body_that_is_in_is_waited_for_no_longer(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    released: list[str] = []
    monkeypatch.setattr(type(bench.service.held), "release", lambda held, flow: released.append(flow.id))
    flow = bench.ask(method="POST", headers={"Content-Length": "9"})
    assert response(flow).status_code == 303 or response(flow).status_code == 401
    assert released == [flow.id]


def test_without_a_service_there_is_nothing_to_do() -> None:
    flow = a_flow()
    assert afterwards.body_is_in(None, flow) is None


def test_a_browser_in_circles_is_told_why_at_the_third_time(benches: Benches) -> None:
    bench = benches(login="redirect:/login")
    headers = NAVIGATION | {"User-Agent": "Mozilla/5.0"}
    statuses = []
    for _ in range(3):
        statuses.append(response(bench.ask("/app", headers=headers)).status_code)
        bench.visit("/login", ("Location", "/app"), status=302, headers=headers, method="POST")
    assert statuses == [302, 302, 401]


def test_a_handshake_is_watched(bench: Bench) -> None:
    flow = bench.ask("/ws", cookie=bench.log_in(), headers=HANDSHAKE)
    assert the(flow).verdict.activity is False
    bench.revoke(bench.session(flow))
    assert bench.look() == ["session refused"]
