"""From a flow to what the engine sees of it: what the client sent, whole and unchanged."""

import string

import pytest
from mitmproxy import http
from tests.proxy.bench import a_flow

from nightlatch.proxy.view import asked_authority, host_of, method_of, site_scheme, view


def test_the_parts_of_a_request() -> None:
    request = view(a_flow("/a%2Fb;c?x=1?y", method="post", host="App.Example:8080", address="192.0.2.7"))
    assert request[:4] == ("POST", "app.example", "/a%2Fb;c", "x=1?y")
    assert (request.address, request.has_body) == ("192.0.2.7", False)


def test_a_method_becomes_no_other_one() -> None:
    small = dict(zip(string.ascii_lowercase, string.ascii_uppercase, strict=True))
    assert method_of(bytes(range(256))) == "".join(small.get(chr(byte), chr(byte)) for byte in range(256))


def test_every_value_of_a_field_in_the_order_it_was_sent() -> None:
    flow = a_flow()
    flow.request.headers.fields = ((b"Cookie", b"a=1"), (b"X", b"\xff"), (b"cookie", b"b=2"))
    assert view(flow).headers == {"cookie": ("a=1", "b=2"), "x": ("\xff",)}


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, False),
        ({"Content-Length": "0"}, False),
        ({"Content-Length": "1"}, True),
        ({"Content-Length": "00"}, True),
        ({"Transfer-Encoding": "chunked"}, True),
    ],
)
def test_whether_a_body_follows(headers: dict[str, str], body: bool) -> None:
    assert view(a_flow(headers=headers)).has_body is body


def test_a_client_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    flow = a_flow()
    monkeypatch.setattr(flow.client_conn, "peername", None)
    assert view(flow).address == ""


@pytest.mark.parametrize(
    ("authority", "host"),
    [
        ("localhost:8080", "localhost"),
        ("LOCALHOST", "localhost"),
        ("localhost.:80", "localhost"),
        ("[::1]:80", "::1"),
        ("[::1]", "::1"),
        (" a.example ", "a.example"),
        ("", ""),
    ],
)
def test_the_host_of_an_authority(authority: str, host: str) -> None:
    assert host_of(authority) == host


def test_the_targets_own_authority_comes_before_host() -> None:
    flow = a_flow(host="one.example")
    assert asked_authority(flow) == "one.example"
    flow.request.data.authority = b"two.example"
    assert asked_authority(flow) == "two.example"


def test_the_scheme_is_that_of_the_clients_connection_not_of_the_upstream() -> None:
    flow = a_flow()
    flow.request.scheme = "https"
    assert site_scheme(flow) == "http"
    flow.client_conn.timestamp_tls_setup = 1.0
    assert site_scheme(flow) == "https"


def test_lines_of_one_name_stay_in_order_however_many() -> None:
    flow = a_flow()
    fields = [(b"X-A", b"%d" % number) for number in range(50_000)]
    flow.request.headers = http.Headers([(b"Host", b"a"), *fields[:1], (b"x-b", b"b"), *fields[1:]])
    seen = view(flow).headers
    assert seen == {"host": ("a",), "x-a": tuple(map(str, range(50_000))), "x-b": ("b",)}
