"""Carrying a verdict out on the flow: an answer of our own, or a request that goes on without what must not go on."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from mitmproxy import http

from nightlatch.clock import monotonic_now
from nightlatch.core.identity import Identity
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Kind
from nightlatch.identity.cookies import without_cookies
from nightlatch.identity.extract import SourceKind, presented_names
from nightlatch.proxy import form_keeping
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import own_cookies
from nightlatch.proxy.bounces import Client
from nightlatch.proxy.inbound_headers import Field, folded
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.live_flows import is_grpc
from nightlatch.proxy.own_answers import loop_answer, verdict_answer
from nightlatch.proxy.reverse import mend_request
from nightlatch.proxy.service import Service
from nightlatch.proxy.upstream_identity import person_fields

_COOKIE = b"cookie"
_METHODS = 4
"""Kinds of requests of which is remembered how they go on, of each set of header fields."""


def apply(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """Answer `flow`, or send it on: with the upstream's names in place of the guard's, without nightlatch's own
    cookie, without a credential that was refused (law of trust 5)."""
    arrival, verdict = judged.arrival, judged.verdict
    if not verdict.passes:
        answer(flow, verdict_answer(service, arrival, verdict, judged.decision))
        if arrival.request.has_body or flow.request.is_http2:
            service.held.hold(flow)
        _explain_loop(service, flow, judged)
        return
    if service.kept and verdict.kind is Kind.ALLOW and (question := form_keeping.offer(service, judged)) is not None:
        answer(flow, question)
        return
    _mend(service, flow, judged)
    if verdict.kind is Kind.ALLOW and judged.session is not None:
        headers = flow.request.data.headers
        headers.fields = (*headers.fields, *person_fields(service.guard, arrival, judged.session))
        if service.bounces:
            service.bounces.let_in(client_of(arrival.request))
        if service.upstream_logout is not None:
            service.upstream_logout.remember(judged.session.id, arrival.site, flow.request.headers)
    if flow.request.is_http2 and is_grpc(flow.request):
        flow.request.stream = True  # a call may go on in both directions, and is judged by now
    service.watch.add(flow, judged)


def _mend(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """Make the request fit for the application; one like an earlier one of its connection gets what that one got."""
    arrival, raw = judged.arrival, flow.request.data
    alike = arrival.alike if judged.verdict.kind is Kind.ALLOW and judged.verdict.forward_credential else None
    fields, method = raw.headers.fields, arrival.request.method
    known = alike.onward.get((method, fields)) if alike else None
    if known is not None:
        raw.headers.fields, raw.authority = known
        return
    _strip_credentials(service, flow, judged)
    mend_request(flow.request, origin=arrival.origin, site=arrival.site, address=arrival.request.address)
    _pass_assertion(service, flow, judged)
    if alike is not None and len(alike.onward) < _METHODS:
        alike.onward[method, fields] = (raw.headers.fields, raw.authority)


def _strip_credentials(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    arrival, verdict, source = judged.arrival, judged.verdict, service.guard.settings.source
    cookies = [arrival.cookie]
    if verdict.reason == "preflight":
        for name in ("cookie", "authorization"):
            flow.request.headers.pop(name, None)
    elif not verdict.forward_credential:
        names = presented_names(source)
        cookies += [name for name in names.cookies if name]
        for name in names.headers:
            flow.request.headers.pop(name, None)
    headers = flow.request.headers
    headers.fields = tuple(kept for field in headers.fields if (kept := _without(field, cookies)) is not None)


def _without(field: Field, cookies: Sequence[str]) -> Field | None:
    """A header field without those cookies, and without any guard's own; None when nothing is left of it."""
    if len(field[0]) != len(_COOKIE) or field[0].lower() != _COOKIE:
        return field
    line = field[1].decode("latin-1")
    left = without_cookies(line, (*cookies, *own_cookies(line)))
    return None if left is None else (field[0], left.encode("latin-1"))


def _pass_assertion(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """An assertion that was verified goes on to the application, in one spelling; any other never does."""
    source = service.guard.settings.source
    if source.kind is not SourceKind.ASSERTION:
        return
    name = source.name.encode()
    headers = flow.request.headers
    headers.fields = tuple(field for field in headers.fields if folded(field[0]) != folded(name))
    arrival = judged.arrival
    if judged.verdict.forward_credential and isinstance(arrival.identity, Identity):
        headers[source.name] = arrival.request.header(source.name)


def _explain_loop(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """The third fruitless passage through the login within ten seconds gets an explanation instead of a redirect."""
    arrival, response = judged.arrival, flow.response
    request, login = arrival.request, service.guard.settings.login
    if response is None or response.status_code not in (302, 303) or judged.verdict.kind is Kind.STEP_UP:
        return
    service.detection.bounced(arrival, loop=False)
    counts = urlsplit(login.url).path == request.path or (login.kind == "self" and is_browser(request))
    if service.bounces.bounced(client_of(request), request.path, monotonic_now(), counts=counts):
        service.hints.login_loop(request.path)
        service.detection.bounced(arrival, loop=True)
        answer(flow, loop_answer(service, arrival, judged.verdict, judged.decision))


def client_of(request: RequestView) -> Client:
    """What tells one browser from another well enough to see it go round in circles."""
    return request.address, request.header("user-agent")


def is_browser(request: RequestView) -> bool:
    """Whether a browser with a cookie jar sent it, and not a program that repeats a cookie on purpose."""
    return request.header("sec-fetch-mode") == "navigate" and "Mozilla/" in request.header("user-agent")
