"""Who asks, and what they get: the one table of answers, by kind of client and by what was decided.

`MATRIX` is what `respond` goes by. `CLIENTS` are the clients of the world, each with what it really sends, so that the
documents can be written from here and every row can be tried. Pure.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import NamedTuple

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Kind


class Outcome(StrEnum):
    """What verdicts have in common for whoever reads the answer."""

    TURNED_AWAY = "turned_away"
    """login, expired, refused, invalid: whoever asks has to log in."""
    STEP_UP = "step_up"
    DENIED = "denied"
    ERROR = "error"


class Form(StrEnum):
    """What an answer is made of."""

    LOGIN = "to the login"
    """A redirect; the page where there is no login to go to."""
    PAGE = "page"
    PROBLEM = "problem+json"
    HTMX = "problem+json, `HX-Redirect`"
    BARE = "no body"
    GRPC = "grpc-status"
    PASSES = "passes"
    """A preflight is never judged, so it never gets here but when nightlatch itself fails."""


class Answer(NamedTuple):
    """Status and form. A `LOGIN` is 303 unless the method is GET or HEAD."""

    status: int
    form: Form


Row = Mapping[Outcome, Answer]


def _row(login: Answer, form: Form) -> Row:
    return {
        Outcome.TURNED_AWAY: login,
        Outcome.STEP_UP: login,
        Outcome.DENIED: Answer(403, form),
        Outcome.ERROR: Answer(503, form),
    }


_PREFLIGHT = {**_row(Answer(204, Form.PASSES), Form.PASSES), Outcome.ERROR: Answer(503, Form.PROBLEM)}
_GRPC = {outcome: Answer(200, Form.GRPC) for outcome in Outcome}

MATRIX: Mapping[ClientKind, Row] = {
    ClientKind.NAVIGATION: _row(Answer(302, Form.LOGIN), Form.PAGE),
    ClientKind.SCRIPT: _row(Answer(401, Form.PROBLEM), Form.PROBLEM),
    ClientKind.EVENT_STREAM: _row(Answer(401, Form.PROBLEM), Form.PROBLEM),
    ClientKind.HTMX: _row(Answer(401, Form.HTMX), Form.PROBLEM),
    ClientKind.WEBSOCKET: _row(Answer(401, Form.BARE), Form.BARE),
    ClientKind.GRPC: _GRPC,
    ClientKind.PREFLIGHT: _PREFLIGHT,
}

GRPC_STATUS: Mapping[Outcome, int] = {
    Outcome.TURNED_AWAY: 16,
    Outcome.STEP_UP: 16,
    Outcome.DENIED: 7,
    Outcome.ERROR: 14,
}
"""UNAUTHENTICATED, PERMISSION_DENIED, UNAVAILABLE."""

_OUTCOMES = {Kind.STEP_UP: Outcome.STEP_UP, Kind.DENIED: Outcome.DENIED, Kind.ERROR: Outcome.ERROR}


def outcome(kind: Kind) -> Outcome:
    """What a verdict that does not pass comes to."""
    return _OUTCOMES.get(kind, Outcome.TURNED_AWAY)


def answer_for(kind: Kind, request: RequestView) -> Answer:
    """The entry of the table for a verdict that does not pass; a preflight that has none is answered as a script."""
    row = MATRIX[client_kind(request)]
    found = row[outcome(kind)]
    return MATRIX[ClientKind.SCRIPT][outcome(kind)] if found.form is Form.PASSES else found


class Client(NamedTuple):
    """A client as it is met, with the header fields by which it is told."""

    name: str
    kind: ClientKind
    headers: Mapping[str, str]
    method: str = "GET"


_CHROME = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
_NAVIGATE = {"accept": _CHROME, "sec-fetch-mode": "navigate"}
_CORS = {"accept": "*/*", "sec-fetch-mode": "cors", "sec-fetch-dest": "empty"}
_ASKS = {"origin": "http://localhost:5173", "access-control-request-method": "POST"}

CLIENTS = (
    Client("a page, a link", ClientKind.NAVIGATION, _NAVIGATE | {"sec-fetch-dest": "document"}),
    Client("a form", ClientKind.NAVIGATION, _NAVIGATE | {"sec-fetch-dest": "document"}, "POST"),
    Client("a browser without fetch metadata", ClientKind.NAVIGATION, {"accept": _CHROME}),
    Client("an iframe", ClientKind.NAVIGATION, _NAVIGATE | {"sec-fetch-dest": "iframe"}),
    Client("a prefetched or prerendered page", ClientKind.NAVIGATION, _NAVIGATE | {"sec-purpose": "prefetch"}),
    Client(
        "a service worker, for a page", ClientKind.NAVIGATION, _NAVIGATE | {"service-worker-navigation-preload": "true"}
    ),
    Client("a service worker's own script", ClientKind.SCRIPT, {"service-worker": "script", "sec-fetch-mode": "cors"}),
    Client("`fetch()`", ClientKind.SCRIPT, _CORS),
    Client("XMLHttpRequest", ClientKind.SCRIPT, _CORS | {"x-requested-with": "XMLHttpRequest"}),
    Client("axios", ClientKind.SCRIPT, {"accept": "application/json, text/plain, */*"}),
    Client("curl, and whoever sends `Accept: */*`", ClientKind.SCRIPT, {"accept": "*/*"}),
    Client("an API client", ClientKind.SCRIPT, {"accept": "application/json"}, "POST"),
    Client(
        "GraphQL",
        ClientKind.SCRIPT,
        {"accept": "application/graphql-response+json, application/json", "content-type": "application/json"},
        "POST",
    ),
    Client("an image, a style sheet, a script", ClientKind.SCRIPT, {"sec-fetch-mode": "no-cors", "accept": "image/*"}),
    Client("`EventSource`", ClientKind.EVENT_STREAM, _CORS | {"accept": "text/event-stream"}),
    Client("htmx", ClientKind.HTMX, _CORS | {"hx-request": "true"}),
    Client("a WebSocket handshake", ClientKind.WEBSOCKET, {"upgrade": "websocket", "sec-fetch-mode": "websocket"}),
    Client("gRPC", ClientKind.GRPC, {"content-type": "application/grpc"}, "POST"),
    Client("gRPC-Web", ClientKind.GRPC, _CORS | {"content-type": "application/grpc-web+proto"}, "POST"),
    Client("a CORS preflight", ClientKind.PREFLIGHT, _ASKS | {"sec-fetch-mode": "cors"}, "OPTIONS"),
)
"""Every kind that DESIGN 6.3 and the fields of RFC 9110, Fetch and Fetch Metadata tell apart."""

HEADINGS = ("who asks", "login, expired, refused, invalid", "step_up", "denied", "error")


def table() -> tuple[tuple[str, ...], ...]:
    """The matrix as a document shows it: the headings, then a row a client."""
    return (HEADINGS, *((client.name, *(_shown(client, each) for each in Outcome)) for client in CLIENTS))


def _shown(client: Client, wanted: Outcome) -> str:
    answer = MATRIX[client.kind][wanted]
    if answer.form is Form.PASSES:
        return "passes untouched"
    if answer.form is Form.GRPC:
        return f"`grpc-status: {GRPC_STATUS[wanted]}`"
    status = 303 if answer.form is Form.LOGIN and client.method not in ("GET", "HEAD") else answer.status
    return f"{status} {answer.form}"
