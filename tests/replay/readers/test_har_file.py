import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.replay.made import har, har_entry

from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.har_file import read_har
from nightlatch.replay.readers.views import Views

GOOD = har_entry()


def read(*entries: Any) -> Capture:
    return read_har("x.har", har(*entries), Views())


def without(name: str, of: str | None = None) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(json.dumps(GOOD))
    del (entry if of is None else entry[of])[name]
    return entry


def changed(of: str, **fields: Any) -> dict[str, Any]:
    entry: dict[str, Any] = json.loads(json.dumps(GOOD))
    entry[of].update(fields)
    return entry


@pytest.mark.parametrize(
    "entry",
    [
        changed("request", postData={"params": [{"name": "a", "value": "b"}]}),
        changed("request", postData="text"),
        changed("request", headers=None),
        changed("request", headers="none"),
        changed("request", cookies={"sid": "a"}),
        changed("response", content=None),
        changed("response", content="text"),
        changed("response", headers={"Set-Cookie": "a=b"}),
        changed("response", status=None),
        {**GOOD, "time": None},
        {**GOOD, "time": "fast"},
        {**GOOD, "response": None},
        {**GOOD, "response": "lost"},
        without("time"),
        without("response"),
        without("content", "response"),
        without("httpVersion", "request"),
        without("headers", "request"),
        without("headers", "response"),
        without("cookies", "request"),
    ],
)
def test_oddities_that_cost_nothing(entry: Any) -> None:
    capture = read(GOOD, entry, GOOD)
    assert [found.position for found in capture.exchanges] == [0, 1, 2]
    assert capture.skipped == []


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (None, "no object"),
        ("text", "no object"),
        (without("startedDateTime"), "startedDateTime is missing"),
        (without("request"), "request is missing"),
        (without("url", "request"), "request.url is missing"),
        (without("method", "request"), "request.method is missing"),
        (changed("request", method=""), "request.method is empty"),
        (changed("request", url=7), "request.url is no text"),
        (changed("request", url="/relative"), "no absolute URL"),
        (changed("request", url="https:///x"), "no host"),
        (changed("request", url="data:image/png;base64,AAAA"), "data: URL"),
        (changed("request", url="chrome-extension://abc/x.js"), "chrome-extension: URL"),
        ({**GOOD, "startedDateTime": "noon"}, "no time: 'noon'"),
        ({**GOOD, "startedDateTime": 7}, "startedDateTime is no text"),
    ],
)
def test_a_bad_entry_is_skipped_and_named_and_costs_no_other(entry: Any, why: str) -> None:
    capture = read(GOOD, entry, GOOD)
    assert [found.position for found in capture.exchanges] == [0, 2]
    assert [skip.at for skip in capture.skipped] == ["entries[1]"]
    assert why in capture.skipped[0].why


def test_a_file_that_breaks_off_gives_what_stands_before() -> None:
    text = har(GOOD, GOOD, GOOD)
    capture = read_har("x.har", text[: text.rindex(b'"request"')], Views())
    assert [found.position for found in capture.exchanges] == [0, 1]
    assert capture.skipped[0].at == "entries[2]"
    assert "no JSON from here on" in capture.skipped[0].why


def test_text_that_is_no_utf8_or_no_unicode_does_not_matter() -> None:
    for bad in (b"\xff\xfe", rb"\ud800"):
        text = har(GOOD, GOOD).replace(b"HTTP/1.1", bad, 1)
        assert len(read_har("x.har", text, Views()).exchanges) == 2


def test_an_entry_that_is_nested_without_end_costs_no_other() -> None:
    deep = har(GOOD, GOOD, GOOD).replace(b'"time": 12.5', b'"time": ' + b"[" * 60_000 + b"]" * 60_000, 1)
    assert len(read_har("x.har", deep, Views()).exchanges) <= 2


def test_numbers_that_json_has_not() -> None:
    assert len(read_har("x.har", har(GOOD, GOOD).replace(b"12.5", b"NaN"), Views()).exchanges) == 2


@pytest.mark.parametrize(
    "content", [b"{}", b'{"log": {}}', b'{"log": {"entries": {}}}', b'{"log": [', b'{"a": 1}', b"{"]
)
def test_what_is_no_har_is_said_so(content: bytes) -> None:
    with pytest.raises(CaptureUnreadable, match=r"x\.har: expected a HAR file"):
        read_har("x.har", content, Views())


@given(st.integers(0, 10_000), st.binary(max_size=3))
def test_no_damage_makes_it_crash(at: int, garbage: bytes) -> None:
    text = har(GOOD, GOOD)
    at %= len(text)
    try:
        capture = read_har("x.har", text[:at] + garbage + text[at + len(garbage) :], Views())
    except CaptureUnreadable:
        return
    assert len(capture.exchanges) <= 2


def test_blanks_before_a_break_are_stepped_over_at_once() -> None:
    text = b'{"log": {"entries": [' + b" " * 3_000_000 + json.dumps(GOOD).encode() + b" " * 3_000_000
    capture = read_har("x.har", text, Views())
    assert len(capture.exchanges) == 1
