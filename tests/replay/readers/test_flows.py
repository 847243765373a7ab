"""Read without mitmproxy, judged against what mitmproxy itself wrote and reads."""

import io
from typing import Any

import pytest
from mitmproxy import flow as mflow
from mitmproxy import http
from mitmproxy.io import FlowReader, FlowWriter, tnetstring
from mitmproxy.test import tflow, tutils

from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.flows import read_flows
from nightlatch.replay.readers.views import Views


def written(*flows: mflow.Flow) -> bytes:
    out = io.BytesIO()
    writer = FlowWriter(out)
    for flow in flows:
        writer.add(flow)
    return out.getvalue()


def read(content: bytes) -> Capture:
    return read_flows("x.mitm", content, Views())


def http_flow(**answer: Any) -> http.HTTPFlow:
    request = tutils.treq(
        method=b"POST",
        scheme=b"https",
        host="app.test",
        port=443,
        path=b"/a/b?token=1",
        headers=http.Headers(((b"Host", b"App.test"), (b"Cookie", b"sid=a"), (b"cookie", b"b=c"), (b"X-Big", b"x"))),
        timestamp_start=1_700_000_000.25,
        timestamp_end=1_700_000_000.5,
    )
    fields = ((b"Content-Type", b"text/html"), (b"Set-Cookie", b"sid=b"), (b"Set-Cookie", b"t=d"))
    response = tutils.tresp(headers=http.Headers(fields), timestamp_end=1_700_000_002.0, **answer)
    return tflow.tflow(req=request, resp=response)


def test_what_mitmproxy_wrote() -> None:
    capture = read(written(http_flow(status_code=204)))
    (found,) = capture.exchanges
    assert (found.at, found.duration, found.status) == (1_700_000_000_250_000, 1_750_000, 204)
    assert (found.origin, found.request.method, found.request.path) == ("https://app.test", "POST", "/a/b")
    assert found.request.headers == {"host": ("App.test",), "cookie": ("sid=a", "b=c")}
    assert (found.request.address, found.request.has_body, found.size) == ("127.0.0.1", True, 7)
    assert found.set_cookies == ("sid=b", "t=d")
    assert not found.streamed


@pytest.mark.parametrize("sni", [None, "app.test", "8:peername;3:1:x;]", "7:address;"])
def test_the_address_is_that_of_the_client_whatever_the_client_says(sni: str | None) -> None:
    flow = http_flow()
    flow.client_conn.sni = sni
    flow.client_conn.peername = ("2001:db8::1", 443)
    assert read(written(flow)).exchanges[0].request.address == "2001:db8::1"


def test_flows_without_an_answer_last_as_long_as_their_request() -> None:
    flow = http_flow()
    flow.response = None
    assert (read(written(flow)).exchanges[0].status, read(written(flow)).exchanges[0].duration) == (0, 250_000)


def test_event_streams_and_websockets_are_streams() -> None:
    stream, socket = http_flow(), tflow.twebsocketflow()
    assert stream.response is not None
    stream.response.headers["content-type"] = "Text/Event-Stream"
    assert [found.streamed for found in read(written(stream, socket)).exchanges] == [True, True]


def test_what_is_no_http_is_skipped_and_counted() -> None:
    capture = read(written(tflow.ttcpflow(), http_flow(), tflow.tudpflow(), tflow.tdnsflow()))
    assert [found.position for found in capture.exchanges] == [1]
    assert [(skip.at, skip.why.split()[1]) for skip in capture.skipped] == [
        ("flows[0]", "TCP"),
        ("flows[2]", "UDP"),
        ("flows[3]", "DNS"),
    ]


def test_a_file_that_is_cut_off_gives_what_stands_before() -> None:
    content = written(http_flow(), http_flow())
    capture = read(content[:-5])
    assert len(capture.exchanges) == 1
    assert (capture.skipped[0].at, "cut off from byte" in capture.skipped[0].why) == ("flows[1]", True)


def test_a_damaged_flow_costs_no_other() -> None:
    first, second = written(http_flow()), written(http_flow())
    damaged = first.replace(b"7:request;", b"7;request;")
    capture = read(damaged + second)
    assert [found.position for found in capture.exchanges] == [1]
    assert capture.skipped[0].at == "flows[0]"


@pytest.mark.parametrize("content", [b"12", b"9:abc", b"999999:4:type;4:http;}"])
def test_what_never_was_a_flow_file(content: bytes) -> None:
    with pytest.raises(CaptureUnreadable, match=r"x\.mitm: expected a mitmproxy flow file"):
        read(content)


def test_a_format_from_the_future_is_read_as_long_as_it_looks_the_same() -> None:
    state: dict[str, Any] = http_flow().get_state()
    assert len(read(tnetstring.dumps({**state, "version": 99})).exchanges) == 1
    moved = {name: value for name, value in state.items() if name != "request"}
    assert "format 99 is newer" in read(tnetstring.dumps({**moved, "version": 99})).skipped[0].why


def old(version: Any, **request: Any) -> dict[Any, Any]:
    """A flow as it was written by Python 2: every key and text is bytes, the address one level deeper."""
    asked = {
        b"method": b"GET",
        b"scheme": b"http",
        b"host": b"app.test",
        b"port": 8080,
        b"path": b"/old",
        b"headers": [[b"Cookie", b"sid=a"]],
        b"timestamp_start": 1_400_000_000.5,
        b"timestamp_end": 1_400_000_000.75,
        **{name.encode(): value for name, value in request.items()},
    }
    answer = {b"code": 200, b"headers": [[b"Set-Cookie", b"sid=b"]], b"timestamp_end": 1_400_000_001.5}
    client = {b"address": {b"address": [b"10.0.0.9", 4711], b"use_ipv6": False}}
    return {b"type": b"http", b"version": version, b"request": asked, b"response": answer, b"client_conn": client}


@pytest.mark.parametrize("version", [[0, 11], [0, 13], [0, 18], [2, 0, 0], 7])
def test_old_formats(version: Any) -> None:
    (found,) = read(tnetstring.dumps(old(version, content=b""))).exchanges
    assert (found.at, found.duration, found.status) == (1_400_000_000_500_000, 1_000_000, 200)
    assert (found.origin, found.request.path, found.request.address) == ("http://app.test:8080", "/old", "10.0.0.9")
    assert found.set_cookies == ("sid=b",)


def test_a_flow_without_a_time_cannot_be_placed() -> None:
    assert "timestamp_start is missing" in read(tnetstring.dumps(old(18, timestamp_start=None))).skipped[0].why


@pytest.mark.parametrize("size", [0, 1, 100_000])
def test_bodies_do_not_matter(size: int) -> None:
    flow = http_flow(content=b"7:request;4:evil," * size)
    content = written(flow, http_flow())
    ours = [(found.request.method, found.origin + found.request.path) for found in read(content).exchanges]
    theirs = [each for each in FlowReader(io.BytesIO(content)).stream() if isinstance(each, http.HTTPFlow)]
    assert ours == [(each.request.method, each.request.pretty_url.partition("?")[0].lower()) for each in theirs]


@pytest.mark.parametrize("odd", [b"3:inf^", b"3:nan^", b"400:%b#" % (b"9" * 400), b"5:1e308^", b"2:-1#"])
def test_a_time_that_is_none_ends_nothing(odd: bytes) -> None:
    state: Any = http_flow().get_state()
    state["response"]["timestamp_end"] = tnetstring.loads(odd)
    (exchange,) = read(tnetstring.dumps(state)).exchanges
    assert exchange.duration >= 0
    state["request"]["timestamp_start"] = tnetstring.loads(odd)
    assert "timestamp_start is missing" in read(tnetstring.dumps(state)).skipped[0].why


def test_answers_of_a_guard_whose_clock_was_moved_are_counted() -> None:
    warped, named = http_flow(), http_flow()
    assert warped.response is not None and named.response is not None
    warped.response.headers["Nightlatch-Clock"] = "+31m"
    named.response.headers["Access-Control-Expose-Headers"] = "Nightlatch-Clock"
    assert read(written(warped, named, http_flow())).warped == 1
