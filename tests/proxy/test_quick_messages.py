"""What is remembered of header fields is what mitmproxy says of them, refusals included."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from mitmproxy.http import Headers, Request, Response
from mitmproxy.net.http import http1, validate
from mitmproxy.net.http.http1 import read
from mitmproxy.proxy.layers import http as layers

from nightlatch.proxy import quick_messages
from nightlatch.proxy.quick_mitmproxy import quicken

names = st.sampled_from([b"Content-Length", b"content-length", b"Transfer-Encoding", b"Connection", b"Host", b"b\xc3d"])
lengths = [b"0", b"5", b"05", b"-1", b"5, 5", b"chunked", b"Chunked", b"gzip, chunked", b"gzip", b"identity"]
values = st.sampled_from([*lengths, b"close", b"keep-alive", b"Close, x", b"close , x", b"", b"\xe4"])
fields = st.lists(st.tuples(names, values), max_size=4)
versions = st.sampled_from([b"HTTP/1.0", b"HTTP/1.1", b"HTTP/2.0"])
methods = st.sampled_from([b"GET", b"head", b"HEAD", b"CONNECT", b"POST"])
statuses = st.sampled_from([100, 101, 199, 200, 204, 299, 304, 404])


@st.composite
def requests(draw: st.DrawFn) -> Request:
    return Request("h", 1, draw(methods), b"http", b"", b"/", draw(versions), Headers(draw(fields)), b"", None, 0, 0)


@st.composite
def responses(draw: st.DrawFn) -> Response:
    return Response(draw(versions), draw(statuses), b"", Headers(draw(fields)), b"", None, 0, 0)


def said(ask: Callable[..., Any], *about: object) -> object:
    """What it says; of a refusal, its words."""
    try:
        return ask(*about)
    except ValueError as error:
        return str(error)


@given(requests(), st.none() | responses())
def test_how_long_a_body_is(request: Request, response: Response | None) -> None:
    for _ in range(2):
        assert said(quick_messages.expected_http_body_size, request, response) == said(
            read.expected_http_body_size, request, response
        )


@given(versions, fields)
def test_whether_a_connection_stays_open(version: bytes, given_fields: list[tuple[bytes, bytes]]) -> None:
    headers = Headers(given_fields)
    for asked in (version, version.decode()):
        for _ in range(2):
            assert quick_messages.connection_close(asked, headers) is read.connection_close(asked, headers)


@given(requests() | responses())
def test_what_is_well_formed(message: Request | Response) -> None:
    for _ in range(2):
        assert said(quick_messages.validate_headers, message) == said(quick_messages._validate, message)


def test_a_response_is_no_request_with_the_same_fields() -> None:
    """A request may not say `gzip`, an answer may: one must not be taken for the other."""
    told = Headers([(b"Transfer-Encoding", b"gzip")])
    quick_messages.validate_headers(Response(b"HTTP/1.1", 200, b"", told, b"", None, 0, 0))
    with pytest.raises(ValueError, match="for request"):
        quick_messages.validate_headers(Request("h", 1, b"GET", b"http", b"", b"/", b"HTTP/1.1", told, b"", None, 0, 0))


def test_it_is_asked_wherever_mitmproxy_asks() -> None:
    quicken()
    assert http1.expected_http_body_size is vars(layers)["expected_http_body_size"]
    assert http1.expected_http_body_size is quick_messages.expected_http_body_size
    assert http1.connection_close is quick_messages.connection_close
    assert validate.validate_headers is vars(layers)["validate_headers"] is quick_messages.validate_headers
