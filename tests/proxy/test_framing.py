"""Whatever two servers could read differently is refused, and nothing that clients send in earnest is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scripts.fuzzing.wire_corpus import Entry, Names, entries, frames, http1, http2
from scripts.fuzzing.wire_guard import ENDED, HOST, LIVE, WireGuard
from scripts.fuzzing.wire_promises import broken

from nightlatch.proxy.framing import MOST_FIELDS, fault_of_fields, fault_of_line, unbroken

NAMES = Names(HOST, LIVE, ENDED)
V1 = b"HTTP/1.1"


@pytest.mark.parametrize("entry", entries(1), ids=lambda entry: entry.name)
def test_http1_is_judged_as_it_arrives(wire: WireGuard, entry: Entry) -> None:
    outcome = wire.feed(http1(entry, NAMES))
    assert broken(outcome) == []
    assert outcome.passed or not entry.good, outcome.client


@pytest.mark.parametrize("entry", entries(2), ids=lambda entry: entry.name)
def test_http2_is_judged_as_it_arrives(wire: WireGuard, entry: Entry) -> None:
    outcome = wire.feed(frames([http2(entry, NAMES)]), http2=True)
    assert broken(outcome) == []
    assert outcome.passed or not entry.good, outcome.said


def test_several_streams_are_told_apart(wire: WireGuard) -> None:
    good = [entry for entry in entries(2) if entry.good]
    outcome = wire.feed(frames([http2(entry, NAMES) for entry in good]), http2=True)
    assert broken(outcome) == [] and len(outcome.passed) == len(good)


@pytest.mark.parametrize("method", ["GET", "PATCH", "patch", "M-SEARCH", "X!#$%&'*+.^_`|~"])
def test_a_method_is_a_token(method: str) -> None:
    assert fault_of_line(method, "/", "") is None


@pytest.mark.parametrize("method", ["", "GE T", "GET:", "G\x00T", "GET\n", "G\u00c9T", "(GET)", "GET /x HTTP/1.1\r\n"])
def test_any_other_method_is_refused(method: str) -> None:
    assert fault_of_line(method, "/", "")


@pytest.mark.parametrize("character", ["\x00", "\t", "\n", "\r", "\x0b", " ", "#", "\x7f", "\x85", "\u00e9"])
def test_a_target_is_visible_ascii(character: str) -> None:
    assert fault_of_line("GET", f"/a{character}b", "") and fault_of_line("GET", "/", f"a{character}b")
    assert fault_of_line("GET", f"/a{character}", "") and fault_of_line("GET", "/", f"a{character}")


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#?")))
def test_everything_else_is_a_target(text: str) -> None:
    assert fault_of_line("GET", "/" + text, text + "?/") is None
    assert fault_of_line("GET", "x/" + text, "")


@pytest.mark.parametrize("code", [*range(0x20), 0x7F])
def test_a_control_character_is_in_no_field(code: int) -> None:
    fault = fault_of_fields(((b"X-A", b"a%cb" % code),), V1)
    assert (fault is None) == (code == ord("\t"))
    assert fault_of_fields(((b"X-%c" % code, b"a"),), V1)


@pytest.mark.parametrize("name", [b"", b"X A", b"X:", b"X(", b'"X"', b"X\xff", b":path", b"X\n"])
def test_a_name_is_a_token(name: bytes) -> None:
    assert fault_of_fields(((name, b"a"),), V1)


@pytest.mark.parametrize(
    "fields",
    [
        ((b"Content-Length", b"0"),),
        ((b"content-length", b"123456789012345678"),),
        ((b"Transfer-Encoding", b"Chunked"),),
        ((b"X-Content-Length", b"x"), (b"Content-Type", b"x")),
    ],
)
def test_a_length_is_told_once(fields: tuple[tuple[bytes, bytes], ...]) -> None:
    assert fault_of_fields(fields, V1) is None
    assert fault_of_fields((*fields, (b"Content_Length", b"0")), V1)
    assert fault_of_fields((*fields, *fields), V1) or b"Content-Type" in dict(fields)


@pytest.mark.parametrize(
    "value", [b"", b"+1", b"-0", b"01", b"1 ", b"1,1", b"0x1", b"1" * 19, b"1_0", b"\xb2", b"chunked"]
)
def test_a_length_is_a_number(value: bytes) -> None:
    assert fault_of_fields(((b"Content-Length", value),), V1)


@pytest.mark.parametrize("value", [b"gzip, chunked", b"chunked, identity", b"chunked;a", b"", b"xchunked", b"identity"])
def test_no_other_coding_is_known(value: bytes) -> None:
    assert fault_of_fields(((b"Transfer-Encoding", value),), V1)


@pytest.mark.parametrize("version", [b"HTTP/1.0", b"HTTP/2.0", b"HTTP/3"])
def test_chunks_belong_to_http_1_1(version: bytes) -> None:
    assert fault_of_fields(((b"Transfer-Encoding", b"chunked"),), version)


def test_an_answer_has_no_line_ends_in_its_fields() -> None:
    good = ((b"X-A", b"b c"), (b"Set-Cookie", b"a=b\tc"))
    assert unbroken(good) is good
    assert unbroken(((b"X-A", b"a\rSet-Cookie: b"), (b"X-B", b"c\r\n d\x00e\n"))) == (
        (b"X-A", b"a Set-Cookie: b"),
        (b"X-B", b"c d e "),
    )


def test_a_request_has_many_fields_but_not_without_end() -> None:
    assert fault_of_fields(((b"a", b"b"),) * MOST_FIELDS, V1) is None
    assert fault_of_fields(((b"a", b"b"),) * (MOST_FIELDS + 1), V1)


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        (fault_of_line("G T", "/", ""), "The method is malformed."),
        (fault_of_line("GET", "a", ""), "The request target must be a path, in visible ASCII characters, without a "),
        (fault_of_line("GET", "/", "#"), "The request target must be a path, in visible ASCII characters, without a "),
        (fault_of_fields(((b"a", b"b"),) * (MOST_FIELDS + 1), V1), "A request may have 1000 header fields."),
        (fault_of_fields(((b"a b", b""),), V1), "The name of a header field is malformed."),
        (
            fault_of_fields(((b"a", b"\n b"),), V1),
            "A header field has a control character in it, or goes on in a second ",
        ),
        (fault_of_fields(((b"Content-Length", b"1"),) * 2, V1), "A request has one Content-Length, or one Transfer-"),
        (
            fault_of_fields(((b"Content-Length", b"x"),), V1),
            "The length of the body is malformed; Transfer-Encoding, in ",
        ),
    ],
)
def test_a_client_is_told_what_is_wrong(fault: str | None, told: str) -> None:
    assert (fault or "").startswith(told)
