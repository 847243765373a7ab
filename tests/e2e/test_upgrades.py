"""Nothing turns a guarded connection into a tunnel: a raw tunnel meets no further hook."""

import pytest
from tests.e2e.client import Browser, Line, compose
from tests.e2e.processes import Guard
from tests.e2e.upstream import Reply, Upstream

HANDSHAKE = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")]
TUNNEL = Reply("101 Switching Protocols", (("Upgrade", "tunnel"), ("Connection", "Upgrade")))


def _known(browser: Browser) -> list[tuple[str, str]]:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return [("Host", browser.host), ("Cookie", cookie), ("Accept", "application/json")]


@pytest.mark.parametrize("protocol", ["h2c", "tunnel", "TLS/1.2", "websocket, h2c", "h2c, websocket"])
def test_an_upgrade_to_anything_else_is_not_asked_of_the_application(
    guard: Guard, visitor: Browser, stranger: Browser, upstream: Upstream, protocol: str
) -> None:
    asked = [("Upgrade", protocol), ("Connection", "Upgrade, HTTP2-Settings"), ("HTTP2-Settings", "AAMAAABkAAQAAP__")]
    with upstream.untouched():
        assert stranger.ask("GET", "/", {"Accept": "application/json", **dict(asked)}).status in (400, 401)
    seen = len(upstream.seen)
    with Line(guard.url) as line:
        line.send(compose("GET", "/", [*_known(visitor), *asked]))
        assert line.answer().status in (200, 400)
    for request in upstream.seen[seen:]:
        assert not request.has("Upgrade")
        assert not request.has("HTTP2-Settings")


def test_an_unexpected_101_is_no_tunnel(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    upstream.replies["/"] = TUNNEL
    with Line(guard.url) as line:
        line.send(compose("GET", "/", _known(visitor)))
        assert line.answer().status != 101
        with upstream.untouched():
            _try_to_send(line)


def test_a_101_to_something_else_than_was_asked_is_no_tunnel(
    guard: Guard, visitor: Browser, upstream: Upstream
) -> None:
    upstream.replies["/chat"] = TUNNEL
    with Line(guard.url) as line:
        line.send(compose("GET", "/chat", [*_known(visitor), *HANDSHAKE, ("Sec-WebSocket-Version", "13")]))
        assert line.answer().status != 101
        with upstream.untouched():
            _try_to_send(line)


@pytest.mark.parametrize("version", ["8", "", "13, 8"])
def test_only_websocket_13_is_a_websocket(guard: Guard, visitor: Browser, upstream: Upstream, version: str) -> None:
    upstream.replies["/chat"] = TUNNEL
    with Line(guard.url) as line:
        line.send(compose("GET", "/chat", [*_known(visitor), *HANDSHAKE, ("Sec-WebSocket-Version", version)]))
        assert line.answer().status != 101
        with upstream.untouched():
            _try_to_send(line)


def test_a_strangers_websocket_is_refused(stranger: Browser, upstream: Upstream) -> None:
    with upstream.untouched():
        asked = {**dict(HANDSHAKE), "Sec-WebSocket-Version": "13", "Origin": stranger.url}
        assert stranger.ask("GET", "/ws", asked).status == 401


def test_a_visitors_websocket_talks_to_the_application(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    with Line(guard.url) as line:
        line.send(
            compose(
                "GET", "/ws", [*_known(visitor), *HANDSHAKE, ("Sec-WebSocket-Version", "13"), ("Origin", guard.url)]
            )
        )
        assert line.answer().status == 101
        line.send(bytes([0x81, 0x85, 0, 0, 0, 0]) + b"hello")
        assert line.socket.recv(7) == b"\x81\x05hello"


def test_a_websocket_from_another_site_is_denied(guard: Guard, visitor: Browser, upstream: Upstream) -> None:
    with upstream.untouched(), Line(guard.url) as line:
        foreign = [("Sec-WebSocket-Version", "13"), ("Origin", "https://evil.example")]
        line.send(compose("GET", "/ws", [*_known(visitor), *HANDSHAKE, *foreign]))
        assert line.answer().status == 403


def _try_to_send(line: Line) -> None:
    """A request that a tunnel would carry to the application unjudged."""
    try:
        line.send(b"GET /smuggled HTTP/1.1\r\nHost: localhost\r\nAccept: application/json\r\n\r\n")
        line.answer()
    except OSError:
        return
