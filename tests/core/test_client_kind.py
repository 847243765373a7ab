"""Each client is told by the first sign there is, in the order that DESIGN lays down."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.request import RequestView

CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
PREFLIGHT = {"origin": "http://a.example", "access-control-request-method": "POST"}


def ask(method: str = "GET", **headers: str) -> ClientKind:
    lines = {name.replace("_", "-"): (value,) for name, value in headers.items()}
    return client_kind(RequestView(method, "localhost", "/", "", lines, ""))


def dashed(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("-", "_"): value for name, value in headers.items()}


@pytest.mark.parametrize(
    ("method", "headers", "kind"),
    [
        ("GET", {"upgrade": "websocket"}, ClientKind.WEBSOCKET),
        ("GET", {"upgrade": "WebSocket", "accept": CHROME, "sec-fetch-mode": "websocket"}, ClientKind.WEBSOCKET),
        ("OPTIONS", PREFLIGHT, ClientKind.PREFLIGHT),
        ("OPTIONS", {"origin": "http://a.example"}, ClientKind.SCRIPT),
        ("POST", {"content-type": "application/grpc+proto"}, ClientKind.GRPC),
        ("POST", {"content-type": "application/grpc-web-text", "sec-fetch-mode": "cors"}, ClientKind.GRPC),
        ("GET", {"hx-request": "true", "sec-fetch-mode": "cors", "accept": "text/html"}, ClientKind.HTMX),
        ("GET", {"hx-request": "false", "accept": "text/html"}, ClientKind.NAVIGATION),
        ("GET", {"sec-fetch-mode": "navigate", "accept": "application/json"}, ClientKind.NAVIGATION),
        ("POST", {"sec-fetch-mode": "navigate"}, ClientKind.NAVIGATION),
        ("GET", {"sec-fetch-mode": "cors", "accept": CHROME}, ClientKind.SCRIPT),
        ("GET", {"sec-fetch-mode": "no-cors", "sec-fetch-dest": "image"}, ClientKind.SCRIPT),
        ("GET", {"sec-fetch-mode": "cors", "accept": "text/event-stream"}, ClientKind.EVENT_STREAM),
        ("GET", {"x-requested-with": "XMLHttpRequest", "accept": CHROME}, ClientKind.SCRIPT),
        ("GET", {"x-requested-with": "com.android.browser", "accept": CHROME}, ClientKind.NAVIGATION),
        ("GET", {"accept": CHROME}, ClientKind.NAVIGATION),
        ("POST", {"accept": CHROME}, ClientKind.NAVIGATION),
        ("GET", {"accept": "application/json, text/html;q=0.5"}, ClientKind.SCRIPT),
        ("GET", {"accept": "application/json;q=0.5, text/html"}, ClientKind.NAVIGATION),
        ("GET", {"accept": "application/json, text/html"}, ClientKind.SCRIPT),
        ("GET", {"accept": "text/html;q=0, application/json;q=0.1"}, ClientKind.SCRIPT),
        ("GET", {"accept": "*/*"}, ClientKind.SCRIPT),
        ("GET", {"accept": "text/event-stream"}, ClientKind.EVENT_STREAM),
        ("GET", {}, ClientKind.NAVIGATION),
        ("HEAD", {}, ClientKind.NAVIGATION),
        ("POST", {}, ClientKind.SCRIPT),
        ("DELETE", {"accept": ""}, ClientKind.SCRIPT),
    ],
)
def test_the_kind_of_a_client(method: str, headers: dict[str, str], kind: ClientKind) -> None:
    assert ask(method, **dashed(headers)) is kind


def test_the_signs_are_read_in_order() -> None:
    signs = [
        ({"upgrade": "websocket"}, ClientKind.WEBSOCKET),
        (PREFLIGHT, ClientKind.PREFLIGHT),
        ({"content-type": "application/grpc"}, ClientKind.GRPC),
        ({"hx-request": "true"}, ClientKind.HTMX),
        ({"sec-fetch-mode": "navigate"}, ClientKind.NAVIGATION),
        ({"x-requested-with": "XMLHttpRequest"}, ClientKind.SCRIPT),
        ({"accept": "text/html"}, ClientKind.NAVIGATION),
    ]
    for place, (_, kind) in enumerate(signs):
        merged = {name: value for headers, _ in signs[place:] for name, value in headers.items()}
        assert ask("OPTIONS", **dashed(merged)) is kind


@given(st.text())
def test_any_accept_header_is_survived(accept: str) -> None:
    assert ask(accept=accept) in ClientKind
