"""Requests and answers between a browser that asks the guard and an application that has a name of its own."""

import logging
from uuid import uuid4

import pytest
from mitmproxy.http import Headers, Request

from nightlatch.proxy.reverse import is_long, mend_request, mend_response, should_stream

GUARD = "http://localhost:8080"
APPLICATION = "http://127.0.0.1:3000"


def _request(*fields: tuple[bytes, bytes], version: str = "HTTP/1.1") -> Request:
    request = Request.make("GET", f"{APPLICATION}/", headers=[(b"Host", b"localhost:8080"), *fields])
    request.http_version = version
    return request


def _mend(request: Request) -> dict[str, str]:
    mend_request(request, origin=GUARD, site=APPLICATION, address="127.0.0.1")
    return {name.lower(): value for name, value in request.headers.items(multi=True)}


def _answer(*fields: tuple[str, str], origin: str = GUARD, site: str = APPLICATION) -> Headers:
    headers = Headers([(name.encode(), value.encode()) for name, value in fields])
    mend_response(headers, origin=origin, site=site)
    return headers


def test_the_application_is_asked_by_its_own_name_and_told_the_other() -> None:
    headers = _mend(_request((b"X-Forwarded-For", b"6.6.6.6"), (b"X_Forwarded_Host", b"evil.example")))
    assert headers == {
        "host": "127.0.0.1:3000",
        "content-length": "0",
        "x-forwarded-proto": "http",
        "x-forwarded-host": "localhost:8080",
        "x-forwarded-for": "127.0.0.1",
    }


def test_an_unknown_address_is_not_told() -> None:
    request = _request((b"X-Forwarded-For", b"6.6.6.6"))
    mend_request(request, origin=GUARD, site=APPLICATION, address="")
    assert "x-forwarded-for" not in request.headers


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        (GUARD, APPLICATION),
        ("HTTP://LOCALHOST:8080", APPLICATION),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
        ("https://localhost:8080", "https://localhost:8080"),
        ("http://evil.example", "http://evil.example"),
        ("null", "null"),
        ("http://localhost:8080.evil.example", "http://localhost:8080.evil.example"),
    ],
)
def test_only_the_guards_own_origin_is_rewritten(sent: str, arrives: str) -> None:
    assert _mend(_request((b"Origin", sent.encode())))["origin"] == arrives
    assert _mend(_request((b"Referer", f"{sent}/a?b".encode())))["referer"] == f"{arrives}/a?b"


def test_an_absolute_target_becomes_a_path() -> None:
    request = _request()
    request.authority = "localhost:8080"
    _mend(request)
    assert request.data.authority == b""


def test_http2_is_asked_by_authority() -> None:
    request = _request(version="HTTP/2.0")
    request.authority = "localhost:8080"
    _mend(request)
    assert request.authority == "127.0.0.1:3000"


@pytest.mark.parametrize("name", ["Location", "Content-Location"])
def test_the_application_leads_back_to_the_guard(name: str) -> None:
    assert _answer((name, f"{APPLICATION}/next?x=1"))[name] == f"{GUARD}/next?x=1"
    for elsewhere in ("/next", "https://other.example/", f"{APPLICATION}.evil.example/", "http://127.0.0.1:3001/"):
        assert _answer((name, elsewhere))[name] == elsewhere


@pytest.mark.parametrize(
    ("sent", "arrives"),
    [
        ("5; url=http://127.0.0.1:3000/x", "5; url=http://localhost:8080/x"),
        ("0;URL='http://127.0.0.1:3000/x'", "0;URL='http://localhost:8080/x'"),
        ("5; url=/x", "5; url=/x"),
        ("5", "5"),
        ("nonsense", "nonsense"),
    ],
)
def test_refresh_leads_back_too(sent: str, arrives: str) -> None:
    assert _answer(("Refresh", sent))["Refresh"] == arrives


def test_loopback_is_not_pinned_to_https() -> None:
    pin = ("Strict-Transport-Security", "max-age=31536000")
    assert "strict-transport-security" not in _answer(pin)
    assert "strict-transport-security" not in _answer(pin, origin="https://app.localhost:8443")
    assert "strict-transport-security" in _answer(pin, origin="https://app.example.com")


def test_no_other_service_is_recommended() -> None:
    assert "alt-svc" not in _answer(("Alt-Svc", 'h3=":443"; ma=86400'))
    assert _answer(("Alt-Svc", "clear"))["alt-svc"] == "clear"


def test_cookies_are_mended_one_by_one_and_in_order() -> None:
    headers = _answer(("Set-Cookie", "a=1; Domain=127.0.0.1; Secure"), ("Set-Cookie", "b=2"))
    assert headers.get_all("Set-Cookie") == ["a=1", "b=2"]


def test_a_cookie_that_cannot_be_kept_is_warned_of_once(caplog: pytest.LogCaptureFixture) -> None:
    name = f"__Host-{uuid4().hex}"
    with caplog.at_level(logging.WARNING):
        for _ in range(3):
            assert _answer(("Set-Cookie", f"{name}=1; Secure; Path=/"))["Set-Cookie"] == f"{name}=1; Secure; Path=/"
    assert [record.getMessage().count(name) for record in caplog.records] == [1]


def test_an_answer_that_names_nothing_stays_as_it_is() -> None:
    fields = (("Content-Type", "text/html"), ("X-Location", APPLICATION), ("ETag", '"1"'))
    assert _answer(*fields).fields == tuple((name.encode(), value.encode()) for name, value in fields)


@pytest.mark.parametrize(
    ("status", "fields", "streamed"),
    [
        (200, {"Content-Type": "text/event-stream"}, True),
        (200, {"content-type": " Text/Event-Stream ; charset=utf-8", "Content-Length": "5"}, True),
        (200, {"Content-Type": "application/x-ndjson", "Transfer-Encoding": "chunked"}, True),
        (200, {"Content-Type": "application/x-ndjson", "Content-Length": "5"}, False),
        (200, {"Content-Type": "text/event-streams"}, False),
        (200, {"Content-Type": "text/html"}, False),
        (200, {}, False),
        (204, {"Content-Type": "text/event-stream"}, False),
        (101, {"Content-Type": "text/event-stream"}, False),
    ],
)
def test_what_is_streamed(status: int, fields: dict[str, str], streamed: bool) -> None:
    headers = Headers([(name.encode(), value.encode()) for name, value in fields.items()])
    assert should_stream(headers, status) is streamed


@pytest.mark.parametrize(
    ("status", "fields", "long"),
    [
        (200, {"Content-Length": "1000000"}, True),
        (206, {"content-length": "50000000"}, True),
        (200, {"Content-Length": "999999"}, False),
        (200, {"Content-Length": "-1000000"}, False),
        (200, {"Content-Length": "many"}, False),
        (200, {"Transfer-Encoding": "chunked"}, True),
        (200, {}, False),
        (204, {"Transfer-Encoding": "chunked"}, False),
        (304, {"Content-Length": "1000000"}, False),
        (401, {"Transfer-Encoding": "chunked"}, False),
        (101, {"Transfer-Encoding": "chunked"}, False),
    ],
)
def test_what_is_too_long_to_be_held(status: int, fields: dict[str, str], long: bool) -> None:
    headers = Headers([(name.encode(), value.encode()) for name, value in fields.items()])
    assert is_long(headers, status) is long
