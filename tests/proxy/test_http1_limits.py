"""What does not end is not kept, and what mitmproxy does not get on with does no harm."""

import pytest
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard
from scripts.fuzzing.wire_readers import EMPTY_ANSWER

from nightlatch.proxy.http1_limits import LARGEST, MOST_AHEAD, MOST_AT_ONCE, MOST_INTERIM

STRANGER = b"GET /app HTTP/1.1\r\nHost: %s\r\n" % HOST
KNOWN = STRANGER + b"Cookie: sid=%s\r\n" % LIVE
HINT = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\n"


def test_a_head_without_end_is_answered_431(wire: WireGuard) -> None:
    outcome = wire.feed(STRANGER, b"X-A: ", *[b"a" * 16_384] * 8, b"\r\n\r\n")
    assert outcome.client.startswith(b"HTTP/1.1 431 ") and outcome.client.count(b"HTTP/1.1") == 1
    assert outcome.passed == [] and b"Nightlatch-Verdict: invalid" in outcome.client


def test_a_large_head_passes(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN, b"X-A: ", b"a" * (LARGEST - 1000), b"\r\n\r\n")
    assert len(outcome.passed) == 1


@pytest.mark.parametrize("line", [b"5;" + b"a" * LARGEST, b"0\r\nX-A: " + b"a" * LARGEST])
def test_the_line_before_a_chunk_and_trailers_come_to_an_end(wire: WireGuard, line: bytes) -> None:
    head = KNOWN.replace(b"GET", b"POST") + b"Transfer-Encoding: chunked\r\n\r\n"
    outcome = wire.feed(head, line, b"\r\nhello\r\n0\r\n\r\n")
    assert outcome.passed == [] and outcome.upstream == []


def test_empty_lines_before_a_request_are_skipped(wire: WireGuard) -> None:
    outcome = wire.feed(b"\r\n\n\r\n" + KNOWN + b"\r\n", b"\r\n" + KNOWN + b"\r\n\r\n\r\n" + KNOWN + b"\r\n")
    assert len(outcome.passed) == 3 and outcome.client.count(b"HTTP/1.1 200") == 3


def test_requests_that_are_sent_ahead_by_the_hundred_are_not_all_taken(wire: WireGuard) -> None:
    outcome = wire.feed((STRANGER + b"\r\n") * (MOST_AT_ONCE + 100))
    assert outcome.client.count(b"HTTP/1.1 302") == MOST_AT_ONCE


def test_what_is_sent_while_an_answer_is_waited_for_is_bounded(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", *[b"a" * 65_535] * (MOST_AHEAD // 65_535 + 3), answer=b"")
    assert len(outcome.passed) == 1 and outcome.client == b""
    assert outcome.hung_up_after < MOST_AHEAD + 3 * 65_535


def test_interim_answers_are_left_out(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=HINT * 2 + EMPTY_ANSWER)
    assert outcome.client.startswith(b"HTTP/1.1 200") and b"a.css" not in outcome.client


def test_interim_answers_without_end_are_a_502(wire: WireGuard) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=HINT * (MOST_INTERIM + 1) + EMPTY_ANSWER)
    assert outcome.client.startswith(b"HTTP/1.1 502") and b"interim" in outcome.client


@pytest.mark.parametrize("start", [b"", b"HTTP/1.1 200 OK\r\nX-A: "])
def test_an_answer_whose_head_does_not_end_is_a_502(wire: WireGuard, start: bytes) -> None:
    outcome = wire.feed(KNOWN + b"\r\n", answer=start + b"a" * (LARGEST + 1))
    assert outcome.client.startswith(b"HTTP/1.1 502") and b"64 KiB" in outcome.client
