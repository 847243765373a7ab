"""`nightlatch expire --when`: the guard carries each order out at its moment, and not before."""

import pytest
from mitmproxy.http import HTTPFlow
from tests.proxy.bench import ORIGIN, SCRIPT, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.on_purpose import LARGE, Moment
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind
from nightlatch.ledger.orders import order_expiry
from nightlatch.proxy.ordered_ends import BreaksOff, is_broken_off

PREFLIGHT = {"Origin": ORIGIN, "Access-Control-Request-Method": "PUT"}


def order(bench: Bench, moment: Moment) -> None:
    """Another process gives the order for the newest session."""
    with bench.elsewhere() as writer:
        assert order_expiry(writer, bench.session(), moment, bench.guard.policy, bench.wall)


def test_now(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.NOW)
    assert bench.kind(cookie=cookie, headers=SCRIPT) is Kind.EXPIRED


def test_the_next_request_is_the_first_that_is_refused(bench: Bench) -> None:
    cookie = bench.log_in()
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    order(bench, Moment.NEXT_REQUEST)
    assert bench.session().state is State.ACTIVE
    flow = bench.visit(cookie=cookie, headers=SCRIPT)
    assert response(flow).status_code == 401
    assert str(response(flow).headers["nightlatch-verdict"]).startswith("expired; clock=idle; limit=1800; elapsed=1800")
    assert bench.kind(cookie=cookie) is Kind.EXPIRED
    assert bench.trail()[-2:] == ["session.expired", "session.reused_after_end"]


def test_a_public_request_is_not_the_moment(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.NEXT_REQUEST)
    assert bench.kind("/favicon.ico", cookie=cookie) is Kind.PUBLIC
    assert bench.session().state is State.ACTIVE


def test_the_next_write(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.NEXT_WRITE)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    assert bench.kind(cookie=cookie, method="DELETE") is Kind.EXPIRED


def test_in_the_middle_of_an_upload(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.MID_UPLOAD)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    flow = bench.begin(a_flow("/up", method="PUT", cookie=cookie, headers=SCRIPT | {"Content-Length": "3"}))
    assert flow.response is None and the(flow).verdict.kind is Kind.ALLOW
    flow.request.timestamp_end = flow.request.timestamp_start
    bench.body(flow, b"abc")
    assert (response(flow).status_code, the(flow).verdict.kind) == (401, Kind.EXPIRED)


def test_an_order_that_comes_during_a_slow_upload_is_carried_out(bench: Bench) -> None:
    cookie = bench.log_in()
    flow = bench.begin(a_flow("/up", method="PUT", cookie=cookie, headers=SCRIPT | {"Content-Length": "3"}))
    order(bench, Moment.MID_UPLOAD)
    flow.request.timestamp_end = flow.request.timestamp_start + 3
    bench.body(flow, b"abc")
    assert response(flow).status_code == 401


def download(bench: Bench, cookie: str, *fields: tuple[str, str]) -> HTTPFlow:
    return bench.answer(bench.ask("/export", cookie=cookie), 200, *fields)


def test_in_the_middle_of_a_download(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    cut: list[HTTPFlow] = []
    monkeypatch.setattr(type(bench.service.held), "cut_soon", lambda _, flow, reason: cut.append(flow))
    cookie = bench.log_in()
    order(bench, Moment.MID_DOWNLOAD)
    assert not is_broken_off(download(bench, cookie, ("Content-Length", "100")))
    assert bench.session().state is State.ACTIVE
    flow = download(bench, cookie, ("Content-Length", str(2 * LARGE)))
    assert bench.session().state is State.EXPIRED
    assert flow.response is not None and isinstance(flow.response.stream, BreaksOff)
    passed = b"".join(flow.response.stream(b"x" * 10_000) for _ in range(4))
    assert (len(passed), cut) == (LARGE, [flow])
    bench.finish(flow)
    assert flow.error is not None and flow.error.msg == flow.error.KILLED_MESSAGE


def test_an_answer_of_unknown_length_is_broken_off_in_its_first_piece() -> None:
    done: list[int] = []
    breaks = BreaksOff(None, lambda: done.append(1))
    assert (breaks(b"abcdef"), breaks(b"ghi"), breaks(b""), done) == (b"abc", b"", b"", [1])


def test_between_preflight_and_request(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.BETWEEN)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    assert bench.ask("/up", method="OPTIONS", headers=PREFLIGHT, address="10.9.8.7").response is None
    assert bench.session().state is State.ACTIVE  # somebody else's
    assert bench.ask("/up", method="OPTIONS", headers=PREFLIGHT).response is None
    assert bench.kind("/up", cookie=cookie, method="PUT") is Kind.EXPIRED


def test_of_a_session_from_nowhere_any_preflight_will_do(bench: Bench) -> None:
    bench.log_in()
    session = bench.session()._replace(id="fromnowhere1", network="", agent="nightlatch login")
    with bench.elsewhere() as writer:
        writer.create(session, b"f1", [])
        order_expiry(writer, session, Moment.BETWEEN, bench.guard.policy, bench.wall)
    bench.ask("/up", method="OPTIONS", headers=PREFLIGHT, address="10.9.8.7")
    over = bench.guard.reader.session("fromnowhere1")
    assert over is not None and over.state is State.EXPIRED


def test_while_nightlatchs_own_credential_is_renewed(benches: Benches) -> None:
    bench = benches('[session]\nidle = "2h"\nrolling = "1h"\n')
    cookie = bench.log_in()
    order(bench, Moment.WHILE_REFRESHING)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
    bench.later(60)
    flow = bench.visit(cookie=cookie, headers=SCRIPT)
    assert the(flow).verdict.kind is Kind.EXPIRED and "set-cookie" not in response(flow).headers


def test_while_the_application_renews_its_cookie(application: Bench) -> None:
    bench = application
    bench.visit("/login", ("Set-Cookie", "sid=one"))
    order(bench, Moment.WHILE_REFRESHING)
    assert bench.kind(cookie="sid=one") is Kind.ALLOW
    flow = bench.visit("/", ("Set-Cookie", "sid=two"), cookie="sid=one")
    assert response(flow).status_code == 200 and "set-cookie" not in response(flow).headers
    assert bench.session().state is State.EXPIRED
    assert bench.kind(cookie="sid=two") is not Kind.ALLOW


def test_an_order_can_be_taken_back(bench: Bench) -> None:
    cookie = bench.log_in()
    order(bench, Moment.NEXT_REQUEST)
    order(bench, Moment.NEVER)
    assert bench.kind(cookie=cookie) is Kind.ALLOW
