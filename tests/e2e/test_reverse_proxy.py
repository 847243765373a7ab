"""The guard as a reverse proxy: what mitmproxy leaves undone between an application and a browser on localhost."""

from collections.abc import Callable

import pytest
from tests.e2e.client import Browser, Line, compose
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream

Start = Callable[..., Guard]


def test_a_location_of_the_application_stays_on_the_guarded_site(visitor: Browser, upstream: Upstream) -> None:
    upstream.replies["/old"] = Reply("302 Found", (("Location", f"{upstream.url}/new?x=1"),))
    assert visitor.navigate("/old").header("Location") in (f"{visitor.url}/new?x=1", "/new?x=1")


def test_a_location_elsewhere_stays_as_it_is(visitor: Browser, upstream: Upstream) -> None:
    for place in ("https://other.example/x", "/relative", f"{upstream.url}.evil.example/"):
        upstream.replies["/old"] = Reply("302 Found", (("Location", place),))
        assert visitor.navigate("/old").header("Location") == place


def test_cookies_of_the_application_work_on_loopback(visitor: Browser, upstream: Upstream) -> None:
    cookies = (("Set-Cookie", "a=1; Domain=127.0.0.1; Secure; HttpOnly; Path=/"), ("Set-Cookie", "b=2; SameSite=Lax"))
    upstream.replies["/"] = Reply(headers=cookies)
    answer = visitor.navigate("/")
    first, second = (line for line in answer.values("Set-Cookie") if line[:2] in ("a=", "b="))
    assert "domain" not in first.lower()
    assert "secure" not in first.lower()
    assert "httponly" in first.lower()
    assert second == "b=2; SameSite=Lax"


def test_loopback_is_not_pinned_to_https(visitor: Browser, upstream: Upstream) -> None:
    upstream.replies["/"] = Reply(headers=(("Strict-Transport-Security", "max-age=31536000"),))
    assert visitor.navigate("/").values("Strict-Transport-Security") == []


def test_only_the_guards_own_origin_is_rewritten(visitor: Browser, upstream: Upstream) -> None:
    visitor.fetch("/form", method="POST", body=b"x", Origin=visitor.url, Referer=f"{visitor.url}/form")
    assert upstream.last.values("Origin") == [upstream.url]
    visitor.fetch("/form", method="POST", body=b"x", Origin="https://evil.example")
    assert upstream.last.values("Origin") == ["https://evil.example"]


def test_an_upload_arrives_whole(visitor: Browser, upstream: Upstream) -> None:
    body = bytes(range(256)) * 4000
    assert visitor.fetch("/upload", method="PUT", body=body).status == 200
    assert upstream.last.body == body


def test_an_event_stream_comes_as_it_comes(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with Line(guard.url) as line:
        line.send(
            compose("GET", "/events", [("Host", visitor.host), ("Cookie", cookie), ("Accept", "text/event-stream")])
        )
        received = b""
        while received.count(b"data: tick") < 2:
            received += (chunk := line.socket.recv(4096))
            assert chunk, received


def test_an_event_stream_is_cut_when_its_session_ends(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with Line(guard.url) as line:
        line.send(
            compose("GET", "/events", [("Host", visitor.host), ("Cookie", cookie), ("Accept", "text/event-stream")])
        )
        assert line.socket.recv(4096)
        assert visitor.submit("/.nightlatch/logout").status in (200, 303)
        _drain(line)


@pytest.mark.parametrize("path", ["/export", "/large"])
def test_a_download_comes_as_it_comes_and_is_cut(guard: Guard, visitor: Browser, upstream: Upstream, path: str) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    with Line(guard.url) as line:
        line.send(compose("GET", path, [("Host", visitor.host), ("Cookie", cookie)]))
        received = b""
        while received.count(b"tick") < 2:
            received += (chunk := line.socket.recv(4096))
            assert chunk, received
        assert visitor.submit("/.nightlatch/logout").status in (200, 303)
        assert b"0\r\n\r\n" not in _drain(line), "it looks whole"


def test_a_websocket_is_closed_when_its_session_ends(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    cookie = "; ".join(f"{name}={value}" for name, value in visitor.cookies.items())
    upgrade = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
    known = [("Host", visitor.host), ("Cookie", cookie), ("Origin", guard.url), ("Sec-WebSocket-Version", "13")]
    with Line(guard.url) as line:
        line.send(compose("GET", "/ws", [*known, *upgrade]))
        assert line.answer().status == 101
        assert visitor.submit("/.nightlatch/logout").status in (200, 303)
        received = _drain(line)
    assert received[:1] == b"\x88"
    assert received[2:4] == (1008).to_bytes(2, "big")


def _drain(line: Line) -> bytes:
    """Everything until the other side closes; a line that stays open fails by its timeout."""
    received = b""
    try:
        while chunk := line.socket.recv(4096):
            received += chunk
    except ConnectionError:
        return received
    return received


def test_an_application_that_is_down_gets_a_page_of_ours(guards: Start) -> None:
    guard = guards("http://127.0.0.1:9")
    browser = Browser(guard.url)
    assert browser.navigate("/").status == 302
    answer = browser.login().navigate("/")
    assert (answer.status, answer.verdict) == (502, "error")
    assert "127.0.0.1:9" in answer.text
    assert answer.header("Cache-Control") == "no-store"
    assert browser.navigate("/.nightlatch/login").status == 200


def test_an_application_that_comes_back_is_reached(guards: Start) -> None:
    first = Upstream()
    guard = guards(first.url)
    browser = Browser(guard.url).login()
    assert browser.navigate("/").status == 200
    first.close()
    assert browser.navigate("/").status == 502
    assert browser.navigate("/").status == 502
