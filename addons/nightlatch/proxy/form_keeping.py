"""Nothing typed is lost: a form that meets an expired session is kept, and offered after the fresh login.

The verdict falls when the request's head is there; the body of a refused form arrives later, and only then is it
looked at and kept. What becomes of it is `form_page`'s and `form_sending`'s business.
"""

import logging

from mitmproxy import http

from nightlatch.core.client_kind import ClientKind, client_kind
from nightlatch.core.failures import where_failed
from nightlatch.core.kept_form import KEPT_FOR, NotKept, is_form, read_form
from nightlatch.core.policy import SECOND
from nightlatch.core.redirect import safe_return_to, with_query
from nightlatch.core.respond import ResponseSpec
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind
from nightlatch.identity.cookies import cookie_values
from nightlatch.proxy.arrival import Arrival, form_cookie
from nightlatch.proxy.held_uploads import DISCARDED
from nightlatch.proxy.judged import Judged, judged
from nightlatch.proxy.kept_forms import KeptForm, belongs, new_nonce
from nightlatch.proxy.own_answers import see_other
from nightlatch.proxy.service import Service

log = logging.getLogger(__name__)

PAGE = "/.nightlatch/form"
SENDING = "nightlatch.form"
"""In `flow.metadata`: this request is the sending of a kept form."""
_GOES_ON = frozenset({Kind.EXPIRED, Kind.STEP_UP})
"""Verdicts after which the same person goes on. A session that was revoked, or ended because its credential was
stolen, may have sent the form by other hands: it is not kept."""
_LEADS_BACK = frozenset({"dev", "oidc"})
"""Logins that always lead back to the place that was asked for; others may lead anywhere."""


def keep(service: Service, flow: http.HTTPFlow) -> None:
    """A refused request has its answer and its body: keep it if it is a form of somebody whose session ran out, and
    tell the browser. Never raises: the answer goes out as it is."""
    try:
        found = judged(flow)
        whole = SENDING not in flow.metadata and DISCARDED not in flow.metadata
        if found is not None and whole and is_form(found.arrival.request, found.arrival.origin):
            _keep(service, flow, found)
    except Exception as mistake:
        log.error("a form could not be kept: %s", where_failed(mistake))


def _keep(service: Service, flow: http.HTTPFlow, found: Judged) -> None:
    assert flow.response is not None  # noqa: S101 (only refused requests come here)
    form = _form(service, flow, found)
    mark = None if isinstance(form, NotKept) else service.kept.keep(form)
    if mark is not None:
        flow.response.headers.add("Set-Cookie", _set_cookie(found.arrival, mark))
    if service.guard.settings.login.kind == "dev" and "location" in flow.response.headers:
        why = form.why if isinstance(form, NotKept) else "kept" if mark else "full"
        flow.response.headers["Location"] = with_query(flow.response.headers["Location"], form=why)


def _form(service: Service, flow: http.HTTPFlow, found: Judged) -> KeptForm | NotKept:
    arrival, policy = found.arrival, service.guard.policy.forms
    owner, target = _owner(service, found), _target(arrival)
    if owner is None or not policy.keep or safe_return_to(target, arrival.origin) != target:
        return NotKept("lost")
    content_type, body = arrival.request.header("content-type"), flow.request.raw_content or b""
    fields = read_form(content_type, body, policy)
    if isinstance(fields, NotKept):
        return fields
    referer = arrival.request.header("referer") or None
    now = service.guard.clock.now()  # the body may have been on its way for long
    return KeptForm(*owner, arrival.site, now, target, content_type, body, referer, fields, new_nonce())


def _owner(service: Service, found: Judged) -> tuple[str, str] | None:
    """The session and the subject whose form it is. After the first refusal the browser has no credential any more,
    but the mark of the form that it sent before: the later one takes its place."""
    kind, session = found.verdict.kind, found.session
    if session is not None and session.subject is not None and kind in _GOES_ON:
        return session.id, session.subject
    earlier = service.kept.of(mark_of(found.arrival), found.arrival.now) if service.kept else None
    return (earlier.session, earlier.subject) if earlier is not None and kind is Kind.LOGIN else None


def offer(service: Service, found: Judged) -> ResponseSpec | None:
    """In place of the page that somebody asks for who is back: the question what to do with the form. Asked where the
    form goes to, and once on any other page where the login may have led astray."""
    arrival, session = found.arrival, found.session
    form = None if session is None else waiting(service, arrival, session)
    if form is None or not _is_page(arrival):
        return None
    astray = service.guard.settings.login.kind not in _LEADS_BACK and service.kept.first_offer(mark_of(arrival))
    return see_other(arrival, PAGE) if astray or _target(arrival) == form.target else None


def waiting(service: Service, arrival: Arrival, session: Session) -> KeptForm | None:
    """The form that is kept for this browser and the person of `session`."""
    form = service.kept.of(mark_of(arrival), arrival.now)
    return form if form is not None and belongs(form, session) else None


def mark_of(arrival: Arrival) -> str:
    """What the browser shows for its form; empty when it shows nothing, or two things."""
    marks = cookie_values(arrival.request.headers, form_cookie(arrival.cookie))
    return marks[0] if len(marks) == 1 else ""


def _target(arrival: Arrival) -> str:
    request = arrival.request
    return f"{request.path}?{request.query}" if request.query else request.path


def _is_page(arrival: Arrival) -> bool:
    request = arrival.request
    whole = request.header("sec-fetch-dest").lower() in ("", "document")
    return request.method == "GET" and whole and client_kind(request) is ClientKind.NAVIGATION


def _set_cookie(arrival: Arrival, mark: str) -> str:
    secure = "; Secure" if arrival.origin.startswith("https:") else ""
    name, age = form_cookie(arrival.cookie), KEPT_FOR // SECOND
    return f"{name}={mark}; Path=/; Max-Age={age}; HttpOnly; SameSite=Lax{secure}"
