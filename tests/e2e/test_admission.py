"""Requests that ask the wrong host, or in a form that cannot be judged, even by someone who is logged in."""

import pytest
from tests.e2e.client import Browser, Line, compose, raw
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream


def _cookie(browser: Browser) -> tuple[str, str]:
    return "Cookie", "; ".join(f"{name}={value}" for name, value in browser.cookies.items())


@pytest.mark.parametrize(
    "host",
    ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example", "10.0.0.1", "notlocalhost", "169.254.169.254"],
)
def test_a_foreign_host_is_misdirected(visitor: Browser, upstream: Upstream, host: str) -> None:
    with upstream.untouched():
        assert visitor.navigate("/", Host=host).status == 421


@pytest.mark.parametrize("host", ["localhost", "app.localhost", "127.0.0.1", "[::1]", "LOCALHOST"])
def test_loopback_names_are_the_guarded_site(visitor: Browser, host: str) -> None:
    port = visitor.host.rpartition(":")[2]
    assert visitor.navigate("/", Host=f"{host}:{port}").status == 200


@pytest.mark.parametrize(
    "host", ["", " ", "a b", "evil.example@localhost", "localhost/x", "localhost, evil.example", "loc\talhost"]
)
def test_a_garbled_host_is_refused(visitor: Browser, upstream: Upstream, host: str) -> None:
    with upstream.untouched():
        assert visitor.navigate("/", Host=host).status in (0, 400, 421)


def test_no_host_and_two_hosts_are_refused(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    twice = [("Host", visitor.host), ("Host", "evil.example"), _cookie(visitor)]
    with upstream.untouched():
        assert raw(guard.url, compose("GET", "/", [_cookie(visitor)])).status == 400
        assert raw(guard.url, compose("GET", "/", twice)).status == 400
        assert raw(guard.url, compose("GET", "/", [twice[0], twice[0], twice[2]])).status == 400


@pytest.mark.parametrize(
    "target", ["http://evil.example/", "http://evil.example:80/admin", "https://evil.example/", "ftp://localhost/"]
)
def test_an_absolute_target_that_disagrees_is_refused(
    guard: Guard, visitor: Browser, upstream: Upstream, target: str
) -> None:
    with upstream.untouched():
        assert visitor.ask("GET", target, {}).status in (0, 400, 421)


def test_an_absolute_target_that_agrees_reaches_the_application_as_a_path(visitor: Browser, upstream: Upstream) -> None:
    answer = visitor.ask("GET", f"http://{visitor.host}/reports?x=1", {})
    assert answer.status in (200, 400)
    if answer.status == 200:
        assert upstream.last.target == "/reports?x=1"


def test_an_absolute_target_gets_no_stranger_in(stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        answer = stranger.ask("GET", f"http://{stranger.host}/favicon.ico/../admin", {"Accept": "application/json"})
        assert answer.status in (400, 401)


@pytest.mark.parametrize("target", ["evil.example:443", "127.0.0.1:22", "localhost:80"])
def test_connect_is_not_for_a_guard(guard: Guard, visitor: Browser, upstream: Upstream, target: str) -> None:
    with upstream.untouched():
        answer = raw(guard.url, compose("CONNECT", target, [("Host", target), _cookie(visitor)]), "CONNECT")
    assert (answer.status, answer.verdict) == (501, "invalid")
    assert answer.header("Cache-Control") == "no-store"


def test_connect_to_the_application_itself_opens_nothing(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    target, before = f"127.0.0.1:{upstream.port}", upstream.connections
    with upstream.untouched(), Line(guard.url) as line:
        line.send(compose("CONNECT", target, [("Host", target), _cookie(visitor)]))
        assert line.answer("CONNECT").status in (400, 501)
    assert upstream.connections == before


@pytest.mark.parametrize(
    "request_line",
    [
        "GET /\x00 HTTP/1.1",
        "GET / HTTP/9.9",
        "GET",
        "/ GET HTTP/1.1",
        "GET * HTTP/1.1",
        "GET admin HTTP/1.1",
    ],
)
def test_a_malformed_request_line_passes_nothing(
    guard: Guard, visitor: Browser, upstream: Upstream, request_line: str
) -> None:
    name, value = _cookie(visitor)
    with upstream.untouched():
        answer = raw(guard.url, f"{request_line}\r\nHost: {visitor.host}\r\n{name}: {value}\r\n\r\n".encode("latin-1"))
    assert answer.status in (0, 400, 502)


@pytest.mark.parametrize(
    "lines",
    [
        "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n",
        "Content-Length: 4\r\nContent-Length: 5\r\n",
        "Transfer-Encoding: chunked, identity\r\n",
        "Transfer-Encoding : chunked\r\n",
        "Content-Length: +4\r\n",
    ],
)
def test_a_request_with_two_lengths_passes_nothing(
    guard: Guard, visitor: Browser, upstream: Upstream, lines: str
) -> None:
    name, value = _cookie(visitor)
    smuggled = "0\r\n\r\nGET /admin HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with upstream.untouched():
        raw(guard.url, f"POST / HTTP/1.1\r\nHost: {visitor.host}\r\n{name}: {value}\r\n{lines}\r\n{smuggled}".encode())


def test_every_request_of_a_connection_is_judged(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    with Line(guard.url) as line:
        line.send(compose("GET", "/one", [("Host", visitor.host), _cookie(visitor)]))
        assert line.answer().status == 200
        with upstream.untouched():
            line.send(compose("GET", "/two", [("Host", visitor.host), ("Accept", "application/json")]))
            assert line.answer().status == 401


def test_pipelined_requests_are_judged_one_by_one(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    allowed = compose("GET", "/pipelined", [("Host", visitor.host), _cookie(visitor)])
    refused = compose("GET", "/unheard", [("Host", visitor.host), ("Accept", "application/json")])
    with Line(guard.url) as line:
        line.send(allowed + refused)
        line.answer()
    assert "/unheard" not in [seen.target for seen in upstream.seen]
