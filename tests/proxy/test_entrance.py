"""Before the gate: what is ours, what can be judged, and the way out when anything fails."""

import pytest
from tests.proxy.bench import HANDSHAKE, NAVIGATION, ORIGIN, SCRIPT, Bench, a_flow, response, the
from tests.proxy.conftest import Benches

from nightlatch.core.verdict import Kind
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import entrance
from nightlatch.proxy.entrance import enter, fail_closed, may_pass
from nightlatch.proxy.judged import judged


def test_without_a_service_it_is_an_error() -> None:
    with pytest.raises(LedgerError, match="not ready"):
        enter(None, a_flow())


@pytest.mark.parametrize(
    ("host", "status"),
    [
        ("localhost:8080", 302),
        ("127.0.0.1", 302),
        ("app.localhost", 302),
        ("app.test", 302),
        ("evil.example", 421),
        ("user@localhost", 400),
    ],
)
def test_who_is_asked(benches: Benches, host: str, status: int) -> None:
    flow = benches(host="app.test").ask(host=host, headers=NAVIGATION)
    assert response(flow).status_code == status
    if status != 302:
        assert judged(flow) is None and response(flow).headers["nightlatch-verdict"].startswith("invalid")


def test_who_is_refused_is_refused_again_and_who_is_admitted_may_still_ask_nonsense(bench: Bench) -> None:
    """On one connection, on which what follows from the header fields alone is remembered."""
    client = a_flow().client_conn
    statuses: list[int] = []
    for host, path in (("evil.example", "/"), ("evil.example", "/"), ("localhost", "/"), ("localhost", "/a\x01b")):
        flow = a_flow(path, host=host, headers=NAVIGATION)
        flow.client_conn = client
        statuses.append(response(bench.enter(flow)).status_code)
    assert statuses == [421, 421, 302, 400]
    assert len(bench.guard.connections) == 2


@pytest.mark.parametrize(("version", "closes"), [("HTTP/1.1", True), ("HTTP/2.0", False)])
def test_after_one_that_reads_in_two_ways_nothing_is_read(bench: Bench, version: str, closes: bool) -> None:
    flow = a_flow(headers={"Content_Length": "50"})
    flow.request.http_version = version
    assert response(bench.enter(flow)).status_code == 400
    assert (response(flow).headers.get("connection") == "close") is closes


def test_even_with_a_session_a_foreign_host_is_misdirected(bench: Bench) -> None:
    assert response(bench.ask(host="evil.example", cookie=bench.log_in())).status_code == 421


def test_in_regular_mode_only_named_hosts_are_guarded(bench: Bench) -> None:
    bench.service.hosts = frozenset({"app.example"})
    guarded = bench.ask(host="app.example", headers=SCRIPT)
    other = bench.ask(host="other.example")
    assert response(guarded).status_code == 401
    assert other.response is None and judged(other) is None and may_pass(other)


def test_may_pass_only_what_was_let_pass(bench: Bench) -> None:
    assert not may_pass(a_flow())
    assert not may_pass(bench.ask())
    assert may_pass(bench.ask(cookie=bench.log_in()))


@pytest.mark.parametrize(
    ("origin", "kind"),
    [
        (ORIGIN, Kind.ALLOW),
        ("http://evil.example", Kind.DENIED),
        ("http://localhost:8081", Kind.DENIED),
        ("null", Kind.DENIED),
        ("", Kind.DENIED),
    ],
)
def test_a_handshake_from_another_site_is_denied(bench: Bench, origin: str, kind: Kind) -> None:
    flow = bench.ask("/ws", cookie=bench.log_in(), headers=HANDSHAKE | {"Origin": origin})
    assert the(flow).verdict.kind is kind
    assert (flow.response is None) is (kind is Kind.ALLOW)


def test_without_an_origin_it_is_no_browser(bench: Bench) -> None:
    assert bench.ask("/ws", cookie=bench.log_in(), headers=HANDSHAKE).response is None


def test_without_a_credential_it_is_judged_like_everything(benches: Benches) -> None:
    bench = benches(public="/ws")
    flow = bench.ask("/ws", headers=HANDSHAKE | {"Origin": "http://evil.example"})
    assert the(flow).verdict.kind is Kind.PUBLIC


@pytest.mark.parametrize(
    "path", ["/.nightlatch/x", "/%2enightlatch/login", "//.nightlatch/login", "/.Nightlatch/login"]
)
def test_own_paths_never_go_on(bench: Bench, path: str) -> None:
    assert bench.ask(path, cookie=bench.log_in()).response is not None


@pytest.mark.parametrize(
    ("headers", "content_type"), [(NAVIGATION, "text/html; charset=utf-8"), (SCRIPT, "application/problem+json")]
)
def test_a_failure_is_told_as_the_client_can_read_it(bench: Bench, headers: dict[str, str], content_type: str) -> None:
    flow = a_flow(headers=headers)
    fail_closed(bench.service, flow, LedgerError("The ledger is on a disk that is full."))
    assert (response(flow).status_code, response(flow).headers["content-type"]) == (503, content_type)


def test_before_there_is_a_service_too() -> None:
    flow = a_flow()
    fail_closed(None, flow, LedgerError("nightlatch is not ready yet"))
    assert response(flow).status_code == 503 and "not ready" in (response(flow).text or "")


def test_the_console_is_told_of_a_trouble_now_and_then(
    bench: Bench, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A full disk must not be filled by a line for every request that is refused because of it."""
    ticks = iter((0, 1, entrance.AGAIN - 1, entrance.AGAIN, entrance.AGAIN))
    monkeypatch.setattr(entrance, "monotonic_now", lambda: next(ticks))
    for _ in range(4):
        fail_closed(bench.service, a_flow(), LedgerError("The disk is full."))
    fail_closed(bench.service, a_flow(), LedgerError("The ledger is locked."))
    told = [record.message for record in caplog.records]
    assert told == ["answered 503: The disk is full."] * 2 + ["answered 503: The ledger is locked."]
