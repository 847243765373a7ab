"""A stranger's body does not fill the memory; somebody who is logged in may send what they like."""

from collections.abc import Callable
from types import SimpleNamespace

import pytest
from mitmproxy import http
from mitmproxy.proxy.layers.http import HttpStream
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard
from tests.proxy.bench import Bench, a_flow
from tests.proxy.conftest import Benches

from nightlatch.proxy import body_limits
from nightlatch.proxy.body_limits import FROM_ANYBODY, KEPT
from nightlatch.proxy.held_uploads import DISCARDED

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


@pytest.fixture
def bench(benches: Benches) -> Bench:
    return benches(public="/public")


@pytest.fixture
def looked(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    """What is kept of a body of so many bytes, once it was looked at."""
    monkeypatch.setattr(HttpStream, "check_body_size", None)
    monkeypatch.setattr(body_limits, "_stock", lambda stream, request: iter(()))
    body_limits.install(bench.service)

    def look(flow: http.HTTPFlow, size: int, request: bool = True) -> int:
        async def check() -> None:
            list(HttpStream.check_body_size(stream, request))  # type: ignore[arg-type]  # what is looked at of one

        stream = SimpleNamespace(flow=flow, request_body_buf=bytearray(size))
        bench.run(check())
        return len(stream.request_body_buf)

    return look


@pytest.mark.parametrize(
    ("size", "request_", "kept"),
    [(KEPT, True, KEPT), (KEPT + 1, True, 0), (KEPT + 1, False, KEPT + 1), (0, True, 0), (1, False, 1)],
)
def test_a_form_of_so_many_bytes_is_kept(
    bench: Bench, looked: Callable[..., int], size: int, request_: bool, kept: int
) -> None:
    flow = bench.begin(a_flow(method="POST", headers={"Content-Length": "9"}))
    assert looked(flow, size, request_) == kept
    assert (DISCARDED in flow.metadata) == (size > kept)
    bench.service.held.release_all()


@pytest.mark.parametrize("path", ["/public", "/.nightlatch/login"])
@pytest.mark.parametrize(("more", "status"), [(0, None), (1, 413)])
def test_so_many_bytes_anybody_may_send_and_not_one_more(
    bench: Bench, looked: Callable[..., int], path: str, more: int, status: int | None
) -> None:
    """To a page of nightlatch's own as well, whose length HTTP/2 need not tell."""
    flow = bench.begin(a_flow(path, method="POST"))
    assert looked(flow, FROM_ANYBODY + more) == (FROM_ANYBODY if status is None else 0)
    assert (flow.response and flow.response.status_code) == status
    bench.service.held.release_all()


def test_what_was_refused_already_stays_refused_as_it_was(bench: Bench, looked: Callable[..., int]) -> None:
    flow = bench.begin(a_flow(method="POST", headers={"Content-Length": "9", "Accept": "application/json"}))
    looked(flow, FROM_ANYBODY + 1)
    assert flow.response is not None and flow.response.status_code == 401
    bench.service.held.release_all()


def test_a_body_that_is_refused_on_its_way_is_waited_for_so_long(bench: Bench, looked: Callable[..., int]) -> None:
    flow = bench.begin(a_flow("/public", method="POST"))
    looked(flow, FROM_ANYBODY + 1)
    assert [*bench.service.held._timers] == [flow.id]
    bench.service.held.release_all()
