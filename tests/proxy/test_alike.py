"""What is remembered of a connection makes no difference to what is judged, nor to what the application gets."""

from itertools import permutations
from types import SimpleNamespace
from typing import Any, cast

import pytest
from mitmproxy import http
from mitmproxy.connection import Client
from tests.proxy.bench import ORIGIN, OWN, Bench, a_flow, the
from tests.proxy.conftest import Benches

from nightlatch.core.verdict import Kind
from nightlatch.proxy.alike import IN_ALL, LARGEST, ON_A_CONNECTION, Alike, Connections, Key, key_of
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.judged import judged


def _on(connection: Client, path: str = "/", **about: Any) -> http.HTTPFlow:
    flow = a_flow(path, **about)
    flow.client_conn = connection
    return flow


def _went_on(flow: http.HTTPFlow) -> object:
    data = flow.request.data
    return the(flow).verdict, data.headers.fields, data.authority, data.path, data.method


def test_requests_of_one_connection_are_what_each_would_be_alone(bench: Bench) -> None:
    one, two = bench.log_in("ada"), bench.log_in("ben")
    handshake = {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Version": "13"}
    asked: list[dict[str, Any]] = [
        {"path": "/a?b", "cookie": one},
        {"path": "/a", "cookie": two},
        {"path": "/", "cookie": f"other=1; {one}", "headers": {"Referer": f"{ORIGIN}/x", "X-Forwarded-User": "root"}},
        {"path": "/", "cookie": one, "method": "POST", "headers": {"Content-Length": "1"}},
        {"path": "/ws", "cookie": one, "headers": handshake},
        {"path": "/ws", "cookie": one, "headers": handshake, "method": "POST"},
        {"path": "/favicon.ico", "cookie": one},
        {"path": "/", "host": "app.localhost:8080", "cookie": one},
        {"path": "/", "host": "elsewhere.example", "cookie": one},
        {"path": "/", "cookie": f"{OWN}=forged"},
        {"path": "/"},
    ]
    alone = [bench.begin(a_flow(**each)) for each in asked]
    together = a_flow().client_conn
    for _ in range(2):
        again = [bench.begin(_on(together, **each)) for each in asked]
        for first, second in zip(alone, again, strict=True):
            if judged(first) or judged(second):
                assert _went_on(second) == _went_on(first)
            assert (second.response and second.response.status_code) == (first.response and first.response.status_code)


def test_nobody_gets_the_session_of_the_request_before(bench: Bench) -> None:
    cookies = {name: bench.log_in(name) for name in ("ada", "ben", "cy")}
    connection = a_flow().client_conn
    for order in permutations(cookies):
        for name in order:
            session = the(bench.begin(_on(connection, cookie=cookies[name]))).session
            assert session is not None and session.subject == name


def test_the_same_request_is_refused_as_soon_as_its_session_has_ended(bench: Bench) -> None:
    cookie, connection = bench.log_in(), a_flow().client_conn
    for path in ("/", "/favicon.ico"):
        assert bench.begin(_on(connection, path, cookie=cookie)).response is None
    bench.revoke(bench.session())
    assert the(bench.begin(_on(connection, cookie=cookie))).verdict.kind is Kind.REFUSED
    public = bench.begin(_on(connection, "/favicon.ico", cookie=cookie))
    assert the(public).verdict.kind is Kind.PUBLIC
    assert "cookie" not in public.request.headers, "an ended credential does not go on"


def test_an_applications_cookie_is_read_anew_as_it_may_be_adopted_or_not(benches: Benches) -> None:
    bench = benches(identity="cookie:sid")
    alike = arrive(bench.guard, a_flow(cookie="sid=abc")).alike
    assert alike is not None and alike.identity is None


def test_what_a_connection_sent_is_forgotten_with_it(bench: Bench) -> None:
    flow = bench.ask(cookie=bench.log_in())
    connections = bench.guard.connections
    assert connections.find(flow.client_conn.id, key_of(a_flow())) is None
    before = len(connections)
    bench.addon.client_disconnected(flow.client_conn)
    bench.addon.client_disconnected(flow.client_conn)
    assert len(connections) == before - 1


def _key(number: int, size: int = 1) -> Key:
    return ((b"n", b"%d" % number + b"x" * size),), b"", b"HTTP/1.1", b"http", "h", 80, False


ANY = cast("Alike", SimpleNamespace())


def test_of_a_connection_the_last_few_are_kept() -> None:
    connections = Connections()
    for number in range(ON_A_CONNECTION + 1):
        connections.keep("c", _key(number), ANY)
    assert len(connections) == ON_A_CONNECTION
    assert connections.find("c", _key(0)) is None and connections.find("c", _key(ON_A_CONNECTION)) is ANY
    assert connections.find("d", _key(1)) is None


def test_what_is_large_is_not_kept() -> None:
    connections = Connections()
    connections.keep("c", _key(1, LARGEST), ANY)
    assert len(connections) == 0


def test_however_many_connect_it_stays_small() -> None:
    connections = Connections()
    for number in range(IN_ALL + 10):
        connections.keep(str(number), _key(0), ANY)
    assert len(connections) == 10


@pytest.mark.parametrize("changed", range(1, 7))
def test_everything_that_it_follows_from_is_in_the_key(changed: int) -> None:
    flow = a_flow()
    before, raw = key_of(flow), flow.request.data
    raw.authority, raw.http_version, raw.scheme = b"x", b"HTTP/2.0", b"https"
    raw.host, raw.port, flow.client_conn.timestamp_tls_setup = "other", 1, 1.0
    assert key_of(flow)[changed] != before[changed]
