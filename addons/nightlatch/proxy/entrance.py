"""What happens to a request before it is judged: is it ours, can it be judged, is it a page of nightlatch's own?

Nothing passes here; what is ours and can be judged goes to the gate. And the way out when anything fails.
"""

import logging
from collections.abc import Awaitable
from urllib.parse import urlsplit

from mitmproxy import http

from nightlatch.clock import monotonic_now
from nightlatch.core.decide import error as error_verdict
from nightlatch.core.failures import where_failed
from nightlatch.core.identity import Anonymous
from nightlatch.core.verdict import CROSS_SITE, Kind, Verdict
from nightlatch.identity.key_sets import KeysUnavailable
from nightlatch.identity.tokens import KeyWanted
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import form_sending, own_site
from nightlatch.proxy.admission import Refusal, admit, admit_line
from nightlatch.proxy.answers import answer, is_own, refuse_bluntly
from nightlatch.proxy.arrival import Arrival, arrive
from nightlatch.proxy.gate import judge
from nightlatch.proxy.judged import judged
from nightlatch.proxy.own_answers import failure_answer, refusal_answer
from nightlatch.proxy.own_path import own_page
from nightlatch.proxy.service import Service
from nightlatch.proxy.settle import settle
from nightlatch.proxy.view import asked_authority, host_of

log = logging.getLogger(__name__)

AGAIN = 10_000_000
"""Microseconds after which the console is told of the same trouble once more."""

FORM_NAMED = f"{form_sending.PARAMETER}="
OUTSIDE = "nightlatch.outside"
OWN_PAGE = "nightlatch.own_page"


def enter(service: Service | None, flow: http.HTTPFlow) -> Awaitable[None] | None:
    """Take a request in; what is returned, if anything, must be awaited. A token whose key is not at hand waits until
    the key was fetched.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    try:
        return _enter(service, flow)
    except KeyWanted as wanted:
        return _enter_later(service, flow, wanted)


async def _enter_later(service: Service | None, flow: http.HTTPFlow, wanted: KeyWanted) -> None:
    assert service is not None  # noqa: S101 (it has looked at the token)
    verifier = service.guard.settings.verifier
    assert verifier is not None  # noqa: S101 (it is what wanted the key)
    await verifier.fetch(wanted)
    try:
        waiting = _enter(service, flow)
    except KeyWanted as again:
        raise KeysUnavailable("a key is wanted again as soon as it was fetched") from again
    if waiting is not None:
        await waiting


def _enter(service: Service | None, flow: http.HTTPFlow) -> Awaitable[None] | None:
    """Take a request in, if its credential can be read at once.

    Raises:
        LedgerError: the ledger cannot be used.
        KeyWanted: a token's key has to be fetched first.
    """
    if service is None:
        raise LedgerError("nightlatch is not ready yet")
    if service.hosts and host_of(asked_authority(flow)) not in service.hosts:
        flow.metadata[OUTSIDE] = True
        return None
    guard = service.guard
    guard.check()
    arrival = arrive(guard, flow)
    service.serves(arrival.site)
    refusal = _refusal(service, arrival)
    if refusal is not None:
        _refuse(service, flow, arrival, refusal)
        return None
    page = own_page(arrival.request.path)
    if page is not None:
        flow.metadata[OWN_PAGE] = (arrival, page)
        return own_site.open_page(service, flow, arrival, page)
    if FORM_NAMED in arrival.request.query:
        return form_sending.send(service, flow, arrival)
    if "upgrade" in arrival.request.headers and _cross_site_socket(arrival):
        settle(service, flow, arrival, None, Verdict(Kind.DENIED, CROSS_SITE, forward_credential=False))
        return None
    return judge(service, flow, arrival)


def _refuse(service: Service, flow: http.HTTPFlow, arrival: Arrival, refusal: Refusal) -> None:
    """Where a request of HTTP/1 ends hangs on how it is read: after one that reads in two ways nothing more is."""
    answer(flow, refusal_answer(service, arrival, refusal.status, refusal.detail, refusal.page))
    if refusal.status == 400 and flow.response is not None and not flow.request.is_http2:
        flow.response.headers["Connection"] = "close"
    service.held.hold(flow)


def _refusal(service: Service, arrival: Arrival) -> Refusal | None:
    """Why the request cannot be judged. Which host was asked, and how, is looked at once for all that are alike."""
    alike, request = arrival.alike, arrival.request
    if alike is not None and alike.admitted:
        return admit_line(request)
    refusal = admit(request, arrival.target, (*service.guard.settings.hosts, *service.hosts))
    if refusal is None and alike is not None:
        alike.admitted = True
    return refusal


def may_pass(flow: http.HTTPFlow) -> bool:
    """Whether the gate has let `flow` pass, or it goes to a host that is not guarded."""
    found = judged(flow)
    return OUTSIDE in flow.metadata or (found is not None and found.verdict.passes)


def fail_closed(service: Service | None, flow: http.HTTPFlow, error: Exception) -> None:
    """Answer 503, whatever went wrong (DESIGN §3)."""
    if isinstance(error, LedgerError):
        detail = str(error)
        _complain(service, detail)
    else:
        detail = "nightlatch made a mistake; its log tells more"
        log.error("answered 503 after a mistake of its own: %s", where_failed(error))
    try:
        answer(
            flow,
            failure_answer(
                service, flow, error_verdict("ledger" if isinstance(error, LedgerError) else "mistake"), detail
            ),
        )
    except Exception:
        refuse_bluntly(flow)
    if not is_own(flow):
        refuse_bluntly(flow)


def _cross_site_socket(arrival: Arrival) -> bool:
    """A handshake from another site that carries a credential: cookies come along unasked (law of trust 2)."""
    request = arrival.request
    if request.header("upgrade").lower() != "websocket" or isinstance(arrival.identity, Anonymous):
        return False
    origins = request.headers.get("origin", ())
    return any(urlsplit(origin).netloc.lower() != urlsplit(arrival.origin).netloc.lower() for origin in origins)


def _complain(service: Service | None, detail: str) -> None:
    """Now and then: a disk that is full must not be filled by telling of it at every request."""
    ticks = monotonic_now()
    if service is not None:
        if ticks - service.complained.get(detail, -AGAIN) < AGAIN:
            return
        service.complained = {detail: ticks}
    log.warning("answered 503: %s", detail)
