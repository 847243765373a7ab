"""Requests as they were sent, from HAR and flows."""

from pathlib import Path

import pytest
from tests.replay.made import har, har_entry
from tests.replay.readers.test_archives import zipped
from tests.replay.readers.test_flows import http_flow, written

from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.rerun.captured import sent_in


def test_a_har_entry_word_for_word(tmp_path: Path) -> None:
    entry = har_entry(
        url="https://app.test/save?x=1#f",
        method="POST",
        headers={"Cookie": "sid=a", "X-A": "b"},
        answer_headers={"Location": "/done", "Set-Cookie": "a=1\nb=2"},
        status=303,
    )
    entry["request"]["postData"] = {"mimeType": "text/plain", "text": "body"}
    file = tmp_path / "a.har"
    file.write_bytes(har("nonsense", entry))
    found = sent_in(file)
    (place,) = found
    assert place == (str(file), 1)
    sent = found[place]
    assert (sent.method, sent.target, sent.body) == ("POST", "/save?x=1", b"body")
    assert dict(sent.fields) == {"cookie": "sid=a", "x-a": "b"}
    assert (sent.answer.status, sent.answer.location, sent.answer.set_cookies) == (303, "/done", ("a=1", "b=2"))


def test_forms_without_text_and_cookies_of_their_own_array(tmp_path: Path) -> None:
    entry = har_entry(method="POST", headers={})
    entry["request"]["postData"] = {"params": [{"name": "a", "value": "1 2"}, {"name": "b"}]}
    entry["request"]["cookies"] = [{"name": "sid", "value": "x"}]
    file = tmp_path / "a.har"
    file.write_bytes(har(entry))
    (sent,) = sent_in(file).values()
    assert (sent.body, sent.fields) == (b"a=1+2&b=", (("cookie", "sid=x"),))


def test_flows_and_archives_have_the_places_of_their_exchanges(tmp_path: Path) -> None:
    flow = http_flow()
    flow.request.content = b"body"
    flow.request.path = "/a?b=c"
    contents = {"a.flows": written(flow), "a.har": har(har_entry()), "a.zip": zipped(har__har=har(har_entry()))}
    for name, content in contents.items():
        file = tmp_path / name
        file.write_bytes(content)
        places = [(each.file, each.position) for each in read_capture(file).exchanges]
        assert list(sent_in(file)) == places
    sent = sent_in(tmp_path / "a.flows")[str(tmp_path / "a.flows"), 0]
    assert (sent.method, sent.target, sent.body) == (flow.request.method, "/a?b=c", b"body")


@pytest.mark.parametrize("content", [b'{"time": 1704099600}\n', b"time,url\n1704099600,/\n", b'{"log": 5}'])
def test_other_captures_do_not_keep_what_was_sent(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "x"
    file.write_bytes(content)
    with pytest.raises(CaptureUnreadable, match="a HAR file or a mitmproxy flow file is needed"):
        sent_in(file)


def test_an_aborted_request_has_no_status(tmp_path: Path) -> None:
    file = tmp_path / "a.har"
    file.write_bytes(har(har_entry(status=-1)))
    (sent,) = sent_in(file).values()
    assert sent.answer.status == 0
