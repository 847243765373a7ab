"""What does not end is not kept, and what mitmproxy does not get on with does no harm."""

from types import SimpleNamespace
from typing import Any

import pytest
from h11._receivebuffer import ReceiveBuffer
from mitmproxy.http import Request
from mitmproxy.options import Options
from mitmproxy.proxy.events import DataReceived, Start
from mitmproxy.proxy.layer import Layer
from mitmproxy.proxy.layers.http._events import RequestEndOfMessage, RequestHeaders
from mitmproxy.proxy.layers.http._http1 import Http1Client, Http1Server
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard, context
from scripts.fuzzing.wire_readers import EMPTY_ANSWER

from nightlatch.proxy.http1_limits import LARGEST, MOST_AHEAD, MOST_AT_ONCE, MOST_INTERIM, _interim, install

STRANGER = b"GET /app HTTP/1.1\r\nHost: %s\r\n" % HOST
KNOWN = STRANGER + b"Cookie: sid=%s\r\n" % LIVE
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"


def test_a_head_without_end_is_answered_431(wire: WireGuard) -> None:
    outcome = wire.feed(STRANGER, b"X-A: ", *[b"a" * 16_384] * 8, b"\r\n\r\n")
    assert outcome.client.startswith(b"HTTP/1.1 431 ") and outcome.client.count(b"HTTP/1.1") == 1
    assert outcome.passed == [] and b"Nightlatch-Verdict: invalid" in outcome.client


@pytest.mark.parametrize(("more", "passed"), [(0, 1), (1, 0)])
def test_a_head_may_have_so_many_bytes_and_not_one_more(wire: WireGuard, more: int, passed: int) -> None:
    head = KNOWN + b"X-A: "
    outcome = wire.feed(head, b"a" * (LARGEST + more - len(head)), b"\r\n\r\n")
    assert len(outcome.passed) == passed


@pytest.mark.parametrize(("more", "status"), [(0, b"200"), (1, b"431")])
@pytest.mark.parametrize("before", [b"", b"\r\n\r\n", KNOWN + b"\r\n"])
def test_however_it_comes(wire: WireGuard, before: bytes, more: int, status: bytes) -> None:
    """In one piece as well, and behind another one."""
    head = KNOWN + b"X-A: "
    outcome = wire.feed(before + head + b"a" * (LARGEST + more - len(head)) + b"\r\n\r\n")
    assert len(outcome.passed) == (not more) + before.count(b"GET")
    assert outcome.client.rpartition(b"HTTP/1.1 ")[2][:3] == status


def test_a_body_may_come_in_large_pieces(wire: WireGuard) -> None:
    head, piece = KNOWN.replace(b"GET", b"POST") + b"Content-Length: 200000\r\n\r\n", b"a" * 100_000
    outcome = wire.feed(head + piece, piece)
    assert [len(read.body) for read in outcome.upstream[0].requests] == [200_000]


def test_so_may_an_answer(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"a" * 100_000)
    assert outcome.client.endswith(b"a" * 100_000)


@pytest.mark.parametrize("line", [b"5;" + b"a" * LARGEST, b"0\r\nX-A: " + b"a" * LARGEST])
def test_the_line_before_a_chunk_and_trailers_come_to_an_end(wire: WireGuard, line: bytes) -> None:
    head = KNOWN.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"
    outcome = wire.feed(head, line, b"\r\nhello\r\n0\r\n\r\n")
    assert outcome.passed == [] and outcome.upstream == []


def test_empty_lines_before_a_request_are_skipped(wire: WireGuard) -> None:
    outcome = wire.feed(b"\r\n\n\r\n" + KNOWN + b"\r\n", b"\r\n" + KNOWN + b"\r\n\r\n\r\n" + KNOWN + b"\r\n")
    assert len(outcome.passed) == 3 and outcome.client.count(b"HTTP/1.1 200") == 3


@pytest.mark.parametrize("empty", [b"\n", b"\r\n", b"\r\n\n\r\n"])
def test_and_nothing_is_waited_for_because_of_them(wire: WireGuard, empty: bytes) -> None:
    assert len(wire.feed(empty + KNOWN + b"\r\n").passed) == 1


def test_as_many_requests_as_one_likes_pass_one_after_the_other(wire: WireGuard) -> None:
    outcome = wire.feed(*[(STRANGER + b"\r\n") * (MOST_AT_ONCE // 2)] * 5)
    assert outcome.client.count(b"HTTP/1.1 302") == MOST_AT_ONCE // 2 * 5 and not outcome.cut


def test_requests_that_are_sent_ahead_by_the_hundred_are_not_all_taken(wire: WireGuard) -> None:
    outcome = wire.feed((STRANGER + b"\r\n") * (MOST_AT_ONCE + 100))
    assert outcome.client.count(b"HTTP/1.1 302") == MOST_AT_ONCE


def test_what_is_sent_while_an_answer_is_waited_for_is_bounded(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", *[b"a" * 65_535] * (MOST_AHEAD // 65_535 + 3), answer=b"")
    assert len(outcome.passed) == 1 and outcome.client == b""
    assert MOST_AHEAD < outcome.hung_up_after < MOST_AHEAD + 3 * 65_535


@pytest.mark.parametrize(("more", "cut"), [(0, False), (1, True)])
def test_to_the_byte(wire: WireGuard, more: int, cut: bool) -> None:
    assert wire.feed(KNOWN + b"\r\n", b"a" * (MOST_AHEAD + more), answer=b"").cut is cut


def test_interim_answers_are_left_out(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=HINT * 2 + EMPTY_ANSWER)
    assert outcome.client.startswith(b"HTTP/1.1 200") and b"a.css" not in outcome.client


def test_interim_answers_without_end_are_a_502(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=HINT * (MOST_INTERIM + 1) + EMPTY_ANSWER)
    assert outcome.client.startswith(b"HTTP/1.1 502") and b"interim" in outcome.client


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_an_answer_whose_head_does_not_end_is_a_502(wire: WireGuard, start: bytes) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=start + b"a" * (LARGEST + 1 - len(start)))
    assert outcome.client.startswith(b"HTTP/1.1 502") and b"within 64 KiB" in outcome.client
    assert wire.feed(KNOWN + b"\r\n", answer=start + b"a" * (LARGEST - len(start))).client == b""


@pytest.mark.parametrize(("more", "status"), [(0, b"200"), (1, b"502")])
def test_nor_may_one_that_comes_in_one_piece_be_larger(wire: WireGuard, more: int, status: bytes) -> None:
    start = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: "
    answer = start + b"a" * (LARGEST + more - len(start)) + b"\r\n\r\n"
    assert wire.feed(KNOWN + b"\r\n", answer=answer).client[9:12] == status


@pytest.mark.parametrize(
    ("head", "interim"),
    [
        (HINT, True),
        (b"HTTP/1.0 100 Continue\r\n\r\n", True),
        (b"HTTP/1.1 101 Switching Protocols\r\n\r\n", False),
        (b"HTTP/1.1 103 Early Hints\r\n", False),
        (b"HTTP/1.1 1", False),
        (b"HTTP/1.1 1x3 \r\n\r\n", False),
        (b"HTTP/2.0 103 \r\n\r\n", False),
        (EMPTY_ANSWER, False),
    ],
)
def test_what_an_interim_answer_is(head: bytes, interim: bool) -> None:
    buffer = ReceiveBuffer()
    buffer += head + b"rest"
    assert _interim(SimpleNamespace(buf=buffer)) is interim  # type: ignore[arg-type]  # all that is looked at
    assert bytes(buffer) == (b"rest" if interim else head + b"rest")


def said(layer: Layer, *data: bytes) -> list[str]:
    """What a connection's layer has done when it gets `data`, by name."""
    found = [command for each in data for command in layer.handle_event(DataReceived(layer.conn, each))]  # type: ignore[attr-defined]  # of HTTP/1
    return [type(command).__name__ for command in found]


def started(kind: type[Any]) -> Any:
    install()
    layer = kind(context(Options(), http2=False))
    list(layer.handle_event(Start()))
    return layer


def asked() -> Any:
    """An application that owes an answer."""
    layer = started(Http1Client)
    for event in (RequestHeaders(1, Request.make("GET", "http://localhost/"), True), RequestEndOfMessage(1)):
        list(layer.handle_event(event))
    return layer


def test_whoever_is_given_up_is_over() -> None:
    """What was on its way when the connection was closed does nothing more; of a head that did not end nobody knows."""
    layer = started(Http1Server)
    assert said(layer, STRANGER, b"a" * LARGEST) == ["SendData", "CloseConnection"]
    assert said(layer, b"\r\n\r\n", STRANGER + b"\r\n") == []


def test_of_a_request_that_is_known_its_flow_is_told() -> None:
    layer = started(Http1Server)
    chunks = KNOWN + b"Transfer-Encoding: chunked\r\n\r\n"
    assert said(layer, chunks, b"5;", b"a" * LARGEST) == ["ReceiveHttp", "CloseConnection", "ReceiveHttp"]


@pytest.mark.parametrize(("more", "given_up"), [(0, []), (1, ["CloseConnection", "ReceiveHttp"])])
def test_the_line_before_a_chunk_may_have_so_many_bytes_too(more: int, given_up: list[str]) -> None:
    layer = started(Http1Server)
    chunks = b"5\r\nhello\r\n1;" + b"a" * (LARGEST - 2 + more)
    heard = said(layer, KNOWN + b"Transfer-Encoding: chunked\r\n\r\n", chunks)
    assert heard == ["ReceiveHttp", "ReceiveHttp", *given_up], "the head, what was whole"
    heard = said(asked(), b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", chunks)
    assert heard == ["ReceiveHttp", "ReceiveHttp", *given_up], "of an answer, too"


def test_an_application_that_gives_interim_answers_only_is_hung_up_on() -> None:
    layer = started(Http1Client)
    assert said(layer, HINT * (MOST_INTERIM + 1)) == ["Log", "CloseConnection"], "nobody had asked"
    assert said(asked(), HINT * (MOST_INTERIM + 1)) == ["CloseConnection", "ReceiveHttp"]
