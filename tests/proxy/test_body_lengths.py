"""What an application reads after a head is that request's body, and never the next request."""

import pytest
from mitmproxy.http import Headers, Request
from scripts.fuzzing.wire_corpus import Message, frames
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard
from tests.proxy.bench import Bench, a_flow, response

from nightlatch.proxy.body_lengths import settle

SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
PATH = ((b":method", b"POST"), (b":scheme", b"https"), (b":authority", HOST))


def a_request(body: bytes | None, *fields: tuple[bytes, bytes]) -> Request:
    made = Request.make("POST", "http://localhost/", headers=Headers(fields))
    made.raw_content = body
    made.headers.fields = fields
    made.trailers = Headers(((b"x-a", b"b"),))
    return made


def test_a_length_is_added_where_there_is_none() -> None:
    request = a_request(b"hello")
    assert settle(request) is None and request.headers["content-length"] == "5"
    empty = a_request(b"")
    assert settle(empty) is None and not empty.headers


@pytest.mark.parametrize(("told", "good"), [(b"5", True), (b"4", False), (b"0", False), (b"05", False)])
def test_a_length_has_to_be_true(told: bytes, good: bool) -> None:
    fault = None if good else "The body is not as long as Content-Length says."
    assert settle(a_request(b"hello", (b"Content-Length", told))) == fault


def test_trailers_go_and_chunks_stay() -> None:
    request = a_request(b"hello", (b"Transfer-Encoding", b"chunked"))
    assert settle(request) is None and request.trailers is None and len(request.headers) == 1


def test_what_went_on_as_it_came_is_left_alone() -> None:
    request = a_request(None, (b"Content-Length", b"5"))
    assert settle(request) is None and request.trailers is None


def test_a_body_of_http2_is_no_request_of_http1_without_a_session_either(wire: WireGuard) -> None:
    """A public path needs no session; what follows it did not need one, before."""
    message = Message((*PATH, (b":path", b"/public")), SMUGGLED)
    outcome = wire.feed(frames([message]), http2=True)
    (application,) = outcome.upstream
    assert [read.target for read in application.requests] == ["/public"]
    assert application.requests[0].body == SMUGGLED


def test_an_empty_frame_does_not_end_a_call_that_is_passed_on_as_it_comes(wire: WireGuard) -> None:
    fields = (*PATH, (b":path", b"/app"), (b"cookie", b"sid=" + LIVE), (b"content-type", b"application/grpc"))
    message = frames([Message(fields, b"")])
    opened, ended = message[:-9], b"\x00\x00\x05\x00\x01\x00\x00\x00\x01hello"
    empty = b"\x00\x00\x00\x00\x00\x00\x00\x00\x01"
    outcome = wire.feed(opened, empty, ended, http2=True)
    (application,) = outcome.upstream
    assert application.whole and [read.body for read in application.requests] == [b"hello"]


@pytest.mark.parametrize(
    ("body", "length", "read"), [(None, b"", []), (b"hello", b"", ["chunked"]), (b"hello", b"5", [])]
)
def test_chunks_are_for_what_is_passed_on_without_a_length(
    wire: WireGuard, body: bytes | None, length: bytes, read: list[str]
) -> None:
    """A call (gRPC); what has no body has no chunks either."""
    fields = (*PATH, (b":path", b"/app"), (b"cookie", b"sid=" + LIVE), (b"content-type", b"application/grpc"))
    told = ((b"content-length", length),) if length else ()
    outcome = wire.feed(frames([Message((*fields, *told), body)]), http2=True)
    (request,) = outcome.upstream[0].requests
    assert (request.body, request.values("transfer-encoding")) == (body or b"", read)
    assert request.values("content-length") == [each.decode() for _, each in told]


def test_a_request_that_lies_about_its_body_is_over(bench: Bench) -> None:
    cookie = bench.log_in()
    flow = bench.enter(a_flow("/", method="POST", cookie=cookie, headers={"Content-Length": "9"}), b"hello")
    assert response(flow).status_code == 400
    assert not bench.service.watch.knows(flow)
