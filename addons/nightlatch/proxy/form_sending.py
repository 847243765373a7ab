"""Sending a kept form: a POST to where it goes, whose query names it; its body is put in the place of the empty one.

Whatever carries the parameter is nightlatch's own and never reaches the application with it: a nonce that only the
question knew makes it the person's own act, and a form is sent once. The gate judges the request like any other.
"""

from collections.abc import Awaitable
from hmac import compare_digest

from mitmproxy import http

from nightlatch.core.kept_form import from_own_page
from nightlatch.core.redirect import safe_return_to
from nightlatch.core.respond import ResponseSpec
from nightlatch.core.verdict import Kind
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.form_keeping import SENDING, mark_of
from nightlatch.proxy.gate import judge
from nightlatch.proxy.judged import judged
from nightlatch.proxy.kept_forms import KeptForm, belongs
from nightlatch.proxy.own_answers import page_answer, see_other
from nightlatch.proxy.service import Service

PARAMETER = "nightlatch-kept"
_TAKEN = "nightlatch.form.taken"


def with_nonce(form: KeptForm) -> str:
    """The URL by which `form` is sent."""
    return f"{form.target}{'&' if '?' in form.target else '?'}{PARAMETER}={form.nonce}"


def gone(service: Service, arrival: Arrival, status: int = 410) -> ResponseSpec:
    """There is nothing (any more), or not for this person."""
    return page_answer(service, arrival, status, "form_gone", {})


def send(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> Awaitable[None] | None:
    """Judge the sending of a kept form; what is returned, if anything, must be awaited.

    Raises:
        LedgerError: the ledger cannot be asked.
    """
    request, mark = arrival.request, mark_of(arrival)
    asked, _, nonce = f"{request.path}?{request.query}".rpartition(f"{PARAMETER}=")
    form = service.kept.of(mark, arrival.now)
    if request.method in ("GET", "HEAD"):  # the address bar, after the application has answered the form
        answer(flow, see_other(arrival, safe_return_to(asked[:-1], arrival.origin)))
        return None
    if (
        request.method != "POST"
        or not from_own_page(request, arrival.origin)
        or form is None
        or not _names(form, asked, nonce)
    ):
        answer(flow, gone(service, arrival))
        return None
    flow.metadata[SENDING] = mark, form
    flow.request.path = form.target
    if form.referer is not None:
        flow.request.headers["Referer"] = form.referer
    query = form.target.partition("?")[2]
    return judge(service, flow, arrival._replace(request=request._replace(query=query)))


def fill(service: Service, flow: http.HTTPFlow) -> None:
    """The request has passed and its own body is in: put the form in its place, or let nothing go on."""
    sending: tuple[str, KeptForm] | None = flow.metadata.get(SENDING)
    found = judged(flow)
    if sending is None or found is None:
        return
    mark, form = sending
    theirs = found.verdict.kind is Kind.ALLOW and found.session is not None and belongs(form, found.session)
    if not theirs or not service.kept.take(mark, form):
        answer(flow, gone(service, found.arrival))
        return
    flow.metadata[_TAKEN] = sending
    flow.request.headers.pop("transfer-encoding", None)
    flow.request.headers["Content-Type"] = form.content_type
    flow.request.headers["Content-Length"] = str(len(form.body))
    flow.request.raw_content = form.body


def undo(service: Service, flow: http.HTTPFlow) -> None:
    """The exchange is over. Where the application could not even be reached, the form is still to be sent."""
    taken: tuple[str, KeptForm] | None = flow.metadata.get(_TAKEN)
    if taken is not None and flow.error is not None and flow.server_conn.timestamp_tcp_setup is None:
        service.kept.put_back(*taken)


def _names(form: KeptForm, asked: str, nonce: str) -> bool:
    """Whether the request goes where `form` goes and knows its nonce."""
    return asked[:-1] == form.target and compare_digest(nonce.encode("latin-1", "replace"), form.nonce.encode())
