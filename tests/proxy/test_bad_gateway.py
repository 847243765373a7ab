"""A helpful 502 and a plain 400, over HTTP/1 and HTTP/2, and everything else as mitmproxy says it."""

import pytest
from mitmproxy.proxy.layers.http import _http1, _http2

from nightlatch.proxy import bad_gateway
from nightlatch.proxy.pages import Pages

UPSTREAM = "http://localhost:3000"


@pytest.fixture(autouse=True)
def _installed(monkeypatch: pytest.MonkeyPatch) -> None:
    """For the time of a test; what mitmproxy has is put back afterwards."""
    for module, name in ((_http1, "format_error"), (_http1, "make_error_response"), (_http2, "format_error")):
        monkeypatch.setattr(module, name, getattr(module, name))
    bad_gateway.install(Pages(), UPSTREAM)


def test_the_page_names_the_upstream_and_the_cause() -> None:
    for module in (_http1, _http2):
        page = vars(module)["format_error"](502, "Connection refused <b>")
        assert UPSTREAM.encode() in page and b"Connection refused &lt;b&gt;" in page


def test_the_answer_is_not_stored_and_says_whose_it_is() -> None:
    head, _, body = vars(_http1)["make_error_response"](502, "refused").partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    assert status.startswith(b"HTTP/1.1 502 ")
    assert b"Cache-Control: no-store" in fields and b"Nightlatch-Verdict: error" in fields
    assert not any(field.lower().startswith((b"server:", b"nightlatch-clock:")) for field in fields)
    assert UPSTREAM.encode() in body


def test_what_makes_no_sense_is_told_without_advice() -> None:
    why = "Both content-length and <te>. Disable the validate_inbound_headers option to skip this security check."
    for module in (_http1, _http2):
        page = vars(module)["format_error"](400, why)
        assert b"Both content-length and &lt;te&gt;." in page and b"Disable" not in page
    head, _, _ = vars(_http1)["make_error_response"](400, why).partition(b"\r\n\r\n")
    status, *fields = head.split(b"\r\n")
    assert status.startswith(b"HTTP/1.1 400 ")
    assert b"Cache-Control: no-store" in fields and b"Nightlatch-Verdict: invalid" in fields


@pytest.mark.parametrize("status", [413, 500])
def test_other_errors_stay_as_they_are(status: int) -> None:
    answer = vars(_http1)["make_error_response"](status, "why")
    assert b"Nightlatch-Verdict" not in answer and b"why" in answer and UPSTREAM.encode() not in answer


def test_the_warp_is_shown_while_it_is_on() -> None:
    bad_gateway.install(Pages(), UPSTREAM, lambda: "+31m")
    assert b"\r\nNightlatch-Clock: +31m\r\n" in vars(_http1)["make_error_response"](502, "refused")


def test_connect_is_not_implemented_here() -> None:
    answer = vars(_http1)["make_error_response"](400, "mitmproxy received an HTTP CONNECT request even though")
    assert answer.startswith(b"HTTP/1.1 501 ") and answer.endswith(b"\r\n\r\n")
    assert b"Cache-Control: no-store\r\n" in answer and b"Nightlatch-Verdict: invalid\r\n" in answer
