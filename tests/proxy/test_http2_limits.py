"""One connection of HTTP/2 cannot keep everybody else waiting, or fill the memory."""

import pytest
from hpack.hpack import Decoder, Encoder
from hyperframe.frame import ContinuationFrame, Frame, GoAwayFrame, HeadersFrame, RstStreamFrame, SettingsFrame
from scripts.fuzzing.wire_corpus import PREFACE, Message, frames
from scripts.fuzzing.wire_guard import HOST, LIVE, WireGuard

from nightlatch.proxy import http2_limits
from nightlatch.proxy.http2_limits import LARGEST_TABLE, RESETS, RESETS_EACH_SECOND, _too_many_resets

FIELDS = ((b":method", b"GET"), (b":scheme", b"https"), (b":authority", HOST), (b":path", b"/app"))
CALM = 0xB


def received(data: bytes) -> list[Frame]:
    """The frames of an answer."""
    found = []
    while data:
        frame, length = Frame.parse_frame_header(memoryview(data[:9]))
        frame.parse_body(memoryview(data[9 : 9 + length]))
        found.append(frame)
        data = data[9 + length :]
    return found


def farewell(data: bytes) -> int | None:
    """The code with which the connection was closed."""
    return next((frame.error_code for frame in received(data) if isinstance(frame, GoAwayFrame)), None)


def test_a_page_may_ask_for_a_hundred_things(wire: WireGuard) -> None:
    outcome = wire.feed(frames([Message((*FIELDS, (b"cookie", b"sid=" + LIVE)))] * 100), http2=True)
    assert farewell(outcome.client) is None and len(outcome.passed) == 100


def test_more_than_a_hundred_at_a_time_end_the_connection(wire: WireGuard) -> None:
    """hyper-h2's own limit; it takes what arrives in one piece for open, refused or not."""
    outcome = wire.feed(frames([Message(FIELDS)] * 101), http2=True)
    answers = [frame for frame in received(outcome.client) if isinstance(frame, HeadersFrame)]
    assert farewell(outcome.client) is not None and answers == []


def test_requests_that_are_taken_back_end_the_connection(wire: WireGuard) -> None:
    """CVE-2023-44487."""
    encoder, pieces = Encoder(), [PREFACE + SettingsFrame(0).serialize()]
    for stream in range(1, 2 * RESETS + 99, 2):
        asked = HeadersFrame(stream, encoder.encode(list(FIELDS)), flags=["END_HEADERS"])
        pieces.append(asked.serialize() + RstStreamFrame(stream, 8).serialize())
    outcome = wire.feed(*pieces, http2=True)
    assert farewell(outcome.client) == CALM and outcome.passed == []
    assert [line for line in outcome.said if line.endswith(": too many requests are taken back")]


@pytest.mark.parametrize("more", [0, 1])
def test_what_follows_one_too_many_is_not_looked_at(
    wire: WireGuard, monkeypatch: pytest.MonkeyPatch, more: int
) -> None:
    """Nor is it where it came in the same piece."""
    monkeypatch.setattr(http2_limits, "monotonic_now", lambda: 0)
    encoder, piece, last = Encoder(), PREFACE + SettingsFrame(0).serialize(), 2 * (RESETS + more) + 1
    for stream in range(1, last, 2):
        head = HeadersFrame(stream, encoder.encode(list(FIELDS)), flags=["END_HEADERS"])
        piece += head.serialize() + RstStreamFrame(stream, 8).serialize()
    known = encoder.encode([*FIELDS, (b"cookie", b"sid=" + LIVE)])
    outcome = wire.feed(piece + HeadersFrame(last, known, flags=["END_HEADERS", "END_STREAM"]).serialize(), http2=True)
    assert (len(outcome.passed), farewell(outcome.client)) == ((0, CALM) if more else (1, None))


def test_a_few_may_be_taken_back_for_ever() -> None:
    kept: dict[str, object] = {}
    step = 1_000_000 // RESETS_EACH_SECOND
    assert not any(_too_many_resets(kept, number * step) for number in range(5000))


def test_as_many_as_that_and_no_more() -> None:
    def allowed(now: int) -> int:
        return [_too_many_resets(kept, now) for _ in range(RESETS + 1)].index(True)

    kept: dict[str, object] = {}
    assert allowed(0) == RESETS
    kept["resets"] = 0.0, 0
    assert allowed(9_950_000) == RESETS - 1
    kept["resets"] = 0.0, 0
    assert allowed(9_949_999) == RESETS - 2


@pytest.mark.parametrize("size", [0, 100, 4096, 2**31])
def test_what_is_remembered_for_answers_is_bounded(wire: WireGuard, size: int) -> None:
    asked = PREFACE + SettingsFrame(0, {SettingsFrame.HEADER_TABLE_SIZE: size}).serialize()
    head = HeadersFrame(1, Encoder().encode(list(FIELDS)), flags=["END_HEADERS", "END_STREAM"]).serialize()
    answer = next(
        frame for frame in received(wire.feed(asked + head, http2=True).client) if isinstance(frame, HeadersFrame)
    )
    decoder = Decoder()
    decoder.max_allowed_table_size = size
    assert dict(decoder.decode(answer.data, raw=True))[b":status"] == b"302"
    assert decoder.header_table_size <= LARGEST_TABLE


def test_a_head_of_many_frames_comes_to_an_end(wire: WireGuard) -> None:
    """hyper-h2's own limit."""
    opened = PREFACE + SettingsFrame(0).serialize() + HeadersFrame(1, b"").serialize()
    outcome = wire.feed(opened, *[ContinuationFrame(1, b"").serialize()] * 100, http2=True)
    assert farewell(outcome.client) is not None and outcome.passed == []


def test_a_head_that_unpacks_to_megabytes_is_refused(wire: WireGuard) -> None:
    """One large field in the table, named again and again: hpack's own limit."""
    encoder = Encoder()
    first = encoder.encode([*FIELDS, (b"x-a", b"a" * 3000)])
    bomb = first + encoder.encode([(b"x-a", b"a" * 3000)]) * 1000
    opened = PREFACE + SettingsFrame(0).serialize()
    outcome = wire.feed(opened + HeadersFrame(1, bomb, flags=["END_HEADERS", "END_STREAM"]).serialize(), http2=True)
    assert farewell(outcome.client) is not None and outcome.passed == []
