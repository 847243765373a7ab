"""Carrying a verdict out on the flow: an answer of our own, or a request that goes on without what must not go on."""

from mitmproxy import http

from nightlatch.clock import monotonic_now
from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind
from nightlatch.identity.cookies import without_cookies
from nightlatch.identity.extract import presented_names
from nightlatch.proxy.answers import answer
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.own_answers import page_answer, verdict_answer
from nightlatch.proxy.reverse import mend_request
from nightlatch.proxy.service import Service


def apply(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """Answer `flow`, or send it on: with the upstream's names in place of the guard's, without nightlatch's own
    cookie, without a credential that was refused (law of trust 5)."""
    arrival, verdict = judged.arrival, judged.verdict
    if not verdict.passes:
        answer(flow, verdict_answer(service, arrival, verdict, judged.decision))
        if arrival.request.has_body:
            service.held.hold(flow)
        _explain_loop(service, flow, judged)
        return
    _strip_credentials(service, flow, judged)
    mend_request(flow.request, origin=arrival.origin, site=arrival.site, address=arrival.request.address)
    if verdict.kind is Kind.ALLOW and judged.session is not None:
        _name_person(flow.request, judged.session)
    service.watch.add(flow, judged)


def _name_person(request: http.Request, session: Session) -> None:
    """Who is asking, for the application; the client's own such headers have been stripped (RFC 9700 4.13)."""
    if session.subject is not None and session.subject.isascii():
        request.headers["X-Forwarded-User"] = session.subject
        groups = ",".join(session.groups)
        if groups and groups.isascii():
            request.headers["X-Forwarded-Groups"] = groups


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
    lines = flow.request.headers.get_all("cookie")
    kept = [left for line in lines if (left := without_cookies(line, cookies)) is not None]
    if kept != lines:
        flow.request.headers.set_all("cookie", kept)


def _explain_loop(service: Service, flow: http.HTTPFlow, judged: Judged) -> None:
    """The third redirect to the login within ten seconds is an explanation instead."""
    request = judged.arrival.request
    if flow.response is None or flow.response.status_code not in (302, 303):
        return
    if client_kind(request) is not ClientKind.NAVIGATION or judged.verdict.kind is Kind.STEP_UP:
        return
    if service.bounces.bounced(request.address, request.header("user-agent"), request.path, monotonic_now()):
        service.hints.login_loop(request.path)
        location = flow.response.headers.get("location", "")
        spec = page_answer(service, judged.arrival, 401, "loop", {"path": request.path, "location": location})
        answer(flow, spec)
