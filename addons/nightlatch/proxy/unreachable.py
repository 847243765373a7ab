"""Where the application cannot be reached, each client gets a 502 that it can use: a page, a problem document, a gRPC
status. mitmproxy knows one HTML page, and closes the connection after it.

The layer that carries a request is made to answer as it does where an addon has set a response, so HTTP/1 and HTTP/2
are alike. What nobody judged, and what has been answered in part, is left to mitmproxy. Tested against every supported
version.
"""

import json
from collections.abc import Callable
from typing import Any

from mitmproxy import http
from mitmproxy.net.http import validate
from mitmproxy.proxy import commands
from mitmproxy.proxy.layer import CommandGenerator
from mitmproxy.proxy.layers.http import HttpStream
from mitmproxy.proxy.layers.http._events import ResponseProtocolError

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.headers import Header, cors_headers
from nightlatch.core.respond import ResponseSpec, own_headers
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.judged import judged
from nightlatch.proxy.pages import Pages

Clock = Callable[[], str | None]

_stock, _stock_check = HttpStream.handle_protocol_error, HttpStream.check_invalid
_UNREACHABLE = Verdict(Kind.ERROR, "unreachable")


def install(pages: Pages, allowed_origins: tuple[str, ...], clock: Clock) -> None:
    """Answer in this way from now on.

    Args:
        pages: renders what a person gets to see.
        allowed_origins: whose scripts may read it, besides the guard's own origin and loopback.
        clock: tells `Nightlatch-Clock` while the warp is on.
    """

    def handle_protocol_error(self: HttpStream, event: Any) -> CommandGenerator[None]:
        arrival = _unanswered(self, event)
        if arrival is None:
            yield from _stock(self, event)
            return
        spec = unreachable_answer(pages, arrival, event.message, allowed_origins, clock())
        answer(self.flow, spec)
        yield from self.send_response()

    def check_invalid(self: HttpStream, request: bool) -> CommandGenerator[bool]:
        cause = None if request else _malformed(self)
        if cause is None:
            return (yield from _stock_check(self, request))
        answered, self.flow.response = self.flow.response, None
        arrival = _waiting(self)
        if arrival is None:
            self.flow.response = answered
            return (yield from _stock_check(self, request))
        yield commands.CloseConnection(self.flow.server_conn)
        answer(self.flow, unreachable_answer(pages, arrival, cause, allowed_origins, clock()))
        yield from self.send_response()
        self.server_state = self.state_errored  # the body that belongs to it may be here already
        return True

    for name, replacement in (("handle_protocol_error", handle_protocol_error), ("check_invalid", check_invalid)):
        setattr(HttpStream, name, replacement)


def unreachable_answer(
    pages: Pages, arrival: Arrival, cause: str, allowed_origins: tuple[str, ...], clock: str | None
) -> ResponseSpec:
    """502, in the form that suits who asked. `cause` is mitmproxy's, such as `Connection refused`."""
    request = arrival.request
    kind, headers = client_kind(request), own_headers(_UNREACHABLE, "", clock)
    if kind is ClientKind.NAVIGATION:
        body = pages.page("bad_gateway", upstream=arrival.site, cause=cause)
        return ResponseSpec(502, (*headers, *pages.headers), body)
    cors: tuple[Header, ...] = cors_headers(request, arrival.origin, allowed_origins)
    if kind is ClientKind.GRPC:
        asked = request.header("content-type").partition(";")[0]
        told = (("Content-Type", asked), ("grpc-status", "14"), ("grpc-message", "the application cannot be reached"))
        return ResponseSpec(200, (*headers, *told, *cors), b"")
    document = {
        "type": "urn:nightlatch:unreachable",
        "title": "Bad gateway",
        "status": 502,
        "detail": f"The application at {arrival.site} cannot be reached: {cause}",
    }
    problem = (*headers, ("Content-Type", "application/problem+json"), *cors)
    return ResponseSpec(502, problem, json.dumps(document).encode())


def _unanswered(stream: HttpStream, event: object) -> Arrival | None:
    """The request that an upstream's failure leaves without any answer; None for every other failure."""
    failed = isinstance(event, ResponseProtocolError) and _status(event.code) == 502
    return _waiting(stream) if failed and isinstance(getattr(stream, "flow", None), http.HTTPFlow) else None


def _waiting(stream: HttpStream) -> Arrival | None:
    """The request of `stream`, if it has gone to the application, and is not answered."""
    flow, found = stream.flow, judged(stream.flow)
    waiting = stream.server_state == stream.state_wait_for_response_headers and stream.client_state == stream.state_done
    return found.arrival if waiting and found is not None and flow.response is None and flow.error is None else None


def _malformed(stream: HttpStream) -> str | None:
    """What is wrong with the head of the application's answer, if mitmproxy looks at it."""
    response = stream.flow.response
    if response is None or not stream.context.options.validate_inbound_headers:
        return None
    try:
        validate.validate_headers(response)
    except ValueError as error:
        return f"its answer is malformed: {error}"
    return None


def _status(code: Any) -> int:
    """mitmproxy 11 has numbers here; from 12 on they are members of an enum, some of which stand for no answer."""
    read = getattr(code, "http_status_code", None)
    status = read() if read is not None else int(code)
    return status or 0
