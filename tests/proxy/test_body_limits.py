"""A stranger's body does not fill the memory; somebody who is logged in may send what they like."""

import pytest
from mitmproxy.proxy.layers.http import HttpStream
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard

from nightlatch.proxy import body_limits

PIECE = b"a" * 65_536
STRANGER = b"POST %%s HTTP/1.1\r\nHost: %s\r\nTransfer-Encoding: chunked\r\nAccept: application/json\r\n" % HOST
KNOWN = STRANGER + b"Cookie: sid=%s\r\n" % LIVE
SMALL = 3 * len(PIECE)


@pytest.fixture
def largest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Small limits; and the largest buffer that was seen before a piece was looked at."""
    seen: list[int] = [0]
    monkeypatch.setattr(body_limits, "KEPT", len(PIECE))
    monkeypatch.setattr(body_limits, "FROM_ANYBODY", SMALL)
    limited = HttpStream.check_body_size

    def watching(self: HttpStream, request: bool) -> object:
        seen[0] = max(seen[0], len(self.request_body_buf))
        return limited(self, request)

    monkeypatch.setattr(HttpStream, "check_body_size", watching)
    return seen


def chunks(number: int) -> list[bytes]:
    return [b"%x\r\n%b\r\n" % (len(PIECE), PIECE)] * number + [b"0\r\n\r\n"]


def test_a_refused_body_is_not_kept(wire: WireGuard, largest: list[int]) -> None:
    outcome = wire.feed(STRANGER % b"/app" + b"\r\n", *chunks(40))
    assert outcome.client.startswith(b"HTTP/1.1 401") and outcome.passed == []
    assert 0 < largest[0] <= 3 * len(PIECE)


def test_what_anybody_may_send_has_a_limit(wire: WireGuard, largest: list[int]) -> None:
    outcome = wire.feed(STRANGER % b"/public" + b"\r\n", *chunks(40))
    assert outcome.client.startswith(b"HTTP/1.1 413") and b"Without a session" in outcome.client
    assert outcome.passed == [] and outcome.upstream == [] and largest[0] <= SMALL + 2 * len(PIECE)


def test_a_small_body_reaches_a_public_path(wire: WireGuard, largest: list[int]) -> None:
    outcome = wire.feed(STRANGER % b"/public" + b"\r\n", *chunks(2))
    assert len(outcome.passed) == 1 and len(outcome.upstream[0].requests[0].body) == 2 * len(PIECE)


def test_a_person_may_send_more(wire: WireGuard, largest: list[int]) -> None:
    outcome = wire.feed(KNOWN % b"/app" + b"\r\n", *chunks(40))
    assert len(outcome.passed) == 1 and len(outcome.upstream[0].requests[0].body) == 40 * len(PIECE)
