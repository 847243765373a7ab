"""What a client says of itself, of the path, and of this hop never reaches the application, however it is spelt."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.proxy.inbound_headers import Fields, forwardable, is_websocket_handshake, role, tokens

STRIPPED = [
    "X-Forwarded-User",
    "X-Forwarded-Email",
    "X-Forwarded-Groups",
    "X-Forwarded-Preferred-Username",
    "X-Forwarded-Access-Token",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "Forwarded",
    "X-Auth-Request-User",
    "X-Auth-Request-Access-Token",
    "X-Goog-Authenticated-User-Email",
    "X-Goog-IAP-JWT-Assertion",
    "Cf-Access-Jwt-Assertion",
    "Cf-Access-Authenticated-User-Email",
    "X-Pomerium-Claim-Email",
    "X-Pomerium-Jwt-Assertion",
    "X-Amzn-Oidc-Identity",
    "X-Amzn-Oidc-Data",
    "Remote-User",
    "Remote-Groups",
    "X-Remote-User",
    "X-Webauth-User",
    "X-User",
    "X-Username",
    "X-Userinfo",
    "X-Email",
    "Proxy",
    "Nightlatch-Verdict",
    "Nightlatch-Anything",
    "X-Original-URL",
    "X-Rewrite-URL",
    "X-HTTP-Method",
    "X-HTTP-Method-Override",
    "X-Method-Override",
    "X-Real-IP",
    "Keep-Alive",
    "Proxy-Connection",
    "Proxy-Authorization",
    "Trailer",
    "HTTP2-Settings",
]
PASSED = [
    "Host",
    "Accept",
    "Authorization",
    "Cookie",
    "Origin",
    "Referer",
    "User-Agent",
    "Content-Type",
    "Content-Length",
    "X-Requested-With",
    "X-CSRF-Token",
    "X-Forward",
    "Sec-Fetch-Mode",
    "Sec-WebSocket-Key",
    "X-User-Preference",
    "Traceparent",
]
UPGRADE = (b"Connection", b"Upgrade"), (b"Upgrade", b"websocket"), (b"Sec-WebSocket-Version", b"13")
LASTING = (b"Connection", b"close"), (b"Connection", b"keep-alive")


def _names(fields: list[tuple[bytes, bytes]]) -> set[bytes]:
    return {name.lower() for name, _ in fields}


@given(st.sampled_from(STRIPPED), st.data())
def test_no_spelling_gets_through(name: str, data: st.DataObject) -> None:
    choices = (st.sampled_from([c.lower(), c.upper(), *("_-." if c == "-" else "")]) for c in name)
    spelt = "".join(data.draw(choice) for choice in choices).encode()
    assert forwardable("GET", ((spelt, b"root"),), http2=False) == []


@pytest.mark.parametrize("name", PASSED)
def test_what_the_application_needs_goes_on(name: str) -> None:
    assert role(name.encode()) == "pass"
    assert forwardable("GET", ((name.encode(), b"x"),), http2=False) == [(name.encode(), b"x")]


def test_the_hop_keeps_what_it_nominates_but_nothing_that_was_judged() -> None:
    fields = ((b"Connection", b"close, X-Hop, Cookie"), (b"connection", b"HOST"), (b"X-HOP", b"1"), (b"Cookie", b"a=b"))
    assert forwardable("GET", (*fields, (b"Host", b"h")), http2=False) == [
        (b"Cookie", b"a=b"),
        (b"Host", b"h"),
        (b"Connection", b"close"),
    ]


@pytest.mark.parametrize("value", [b"X-Forwarded-User", b"keep-alive, X-Forwarded-User", b"x_forwarded_user"])
def test_connection_goes_on_without_what_it_names(value: bytes) -> None:
    kept = forwardable("GET", ((b"Connection", value),), http2=False)
    assert kept in ([], [(b"Connection", b"keep-alive")])


def test_a_websocket_handshake_goes_on() -> None:
    assert forwardable("GET", UPGRADE, http2=False) == [UPGRADE[2], *UPGRADE[:2]]
    assert is_websocket_handshake("GET", UPGRADE)


@pytest.mark.parametrize(
    ("method", "changed"),
    [
        ("POST", UPGRADE),
        ("GET", UPGRADE[:2]),
        ("GET", UPGRADE[1:]),
        ("GET", (*UPGRADE, (b"Upgrade", b"h2c"))),
        ("GET", (*UPGRADE[:2], (b"Sec-WebSocket-Version", b"8"))),
        ("GET", (*UPGRADE, (b"Sec-WebSocket-Version", b"13"))),
        ("GET", (UPGRADE[0], (b"Upgrade", b"h2c"), UPGRADE[2])),
        ("GET", (UPGRADE[0], (b"Upgrade", b"websocket, h2c"), UPGRADE[2])),
    ],
)
def test_every_other_upgrade_is_dropped(method: str, changed: Fields) -> None:
    kept = forwardable(method, (*changed, (b"HTTP2-Settings", b"AAMAAABk")), http2=False)
    assert _names(kept) <= {b"sec-websocket-version"}


def test_te_is_for_this_hop_but_grpc_asks_for_trailers() -> None:
    assert forwardable("GET", ((b"TE", b"trailers, gzip"),), http2=False) == []
    assert forwardable("GET", ((b"TE", b"trailers"),), http2=False) == []
    assert forwardable("POST", ((b"te", b"trailers"),), http2=True) == [(b"te", b"trailers")]
    assert forwardable("POST", ((b"te", b"trailers, gzip"),), http2=True) == []


@given(st.lists(st.tuples(st.binary(min_size=1), st.binary())))
def test_no_field_is_an_error_and_none_is_invented(fields: list[tuple[bytes, bytes]]) -> None:
    assert set(forwardable("GET", tuple(fields), http2=False)) <= {
        *fields,
        *UPGRADE,
        (b"Connection", b"close"),
        (b"Expect", b"100-continue"),
        (b"Transfer-Encoding", b"chunked"),
        LASTING,
    }


def test_a_body_in_chunks_is_told_in_one_spelling_and_what_mitmproxy_expects_stays() -> None:
    assert forwardable("POST", ((b"transfer-ENCODING", b"cHunked"),), http2=False) == [
        (b"Transfer-Encoding", b"chunked")
    ]
    assert forwardable("POST", ((b"EXPECT", b"100-Continue"),), http2=False) == [(b"Expect", b"100-continue")]
    for value in (b"200-maybe", b"100-continue, x", b""):
        assert forwardable("POST", ((b"Expect", value),), http2=False) == []


def test_tokens_are_split_and_trimmed() -> None:
    assert tokens(((b"Connection", b" Close ,, X-a\t"), (b"CONNECTION", b"b")), b"connection") == [
        b"close",
        b"x-a",
        b"b",
    ]
