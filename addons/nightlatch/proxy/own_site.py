"""The pages below `/.nightlatch/` on the guarded site: session, extend, login, logout.

What changes state is a same-origin POST and waits for the request's body, so it is answered in the `request` hook;
the rest is answered at once. Nothing here ever reaches the upstream.
"""

from collections.abc import Awaitable, Callable, Mapping
from urllib.parse import parse_qs

from mitmproxy import http

from nightlatch.core.decide import decide
from nightlatch.core.events import EventType
from nightlatch.core.redirect import safe_return_to
from nightlatch.core.remembering import cookie_age
from nightlatch.core.session import End, Session, touched
from nightlatch.core.session_json import session_document
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy import (
    backchannel,
    dev_login,
    form_keeping,
    form_page,
    login_visit,
    logout,
    notice,
    oidc_begin,
    oidc_callback,
    rotation,
)
from nightlatch.proxy.answers import answer
from nightlatch.proxy.apply import client_of
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.establish import LoginRefused
from nightlatch.proxy.form_body import form_of
from nightlatch.proxy.forwarders import came_from_here
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.oidc import OidcLogin
from nightlatch.proxy.own_answers import json_answer, page_answer, redirect_answer, refusal_answer, verdict_answer
from nightlatch.proxy.own_session import clocks_of, live, verdict_of
from nightlatch.proxy.service import Service
from nightlatch.proxy.view import peer

LARGEST_FORM = 65_536
"""Bytes; a login form is a few hundred."""


def open_page(service: Service, flow: http.HTTPFlow, arrival: Arrival, page: str) -> Awaitable[None] | None:
    """Answer what needs no body; leave a good POST for `post`, once its body is in. What is returned, if anything,
    must be awaited."""
    method = arrival.request.method
    if (method, page) in POSTS:
        if (refusal := _unfit(arrival, flow)) is not None:
            answer(flow, refusal_answer(service, arrival, *refusal))
    elif method in ("GET", "HEAD") and page in GETS:
        return GETS[page](service, flow, arrival)
    elif page in GETS or any(name == page for _, name in POSTS):
        answer(flow, refusal_answer(service, arrival, 405, "That page does not answer this method."))
    else:
        answer(flow, refusal_answer(service, arrival, 404, "There is no such page of nightlatch's."))
    return None


async def post(service: Service, flow: http.HTTPFlow, arrival: Arrival, page: str) -> None:
    """Answer a POST whose body has arrived."""
    await POSTS[("POST", page)](service, flow, arrival)


def same_origin(arrival: Arrival) -> bool:
    """Whether a POST comes from the guard's own pages, or from no browser at all (law of trust 2).

    Browsers send `Origin` with every POST; `null` and every other origin are refused.
    """
    origin = arrival.request.header("origin")
    if origin:
        return origin == arrival.origin and len(arrival.request.headers["origin"]) == 1
    return arrival.request.header("sec-fetch-site") in ("", "same-origin", "none")


def _unfit(arrival: Arrival, flow: http.HTTPFlow) -> tuple[int, str] | None:
    if not same_origin(arrival):
        return 403, "Only this site's own pages may do that."
    length = arrival.request.header("content-length")
    if "transfer-encoding" in arrival.request.headers or (length and not length.isdigit()):
        return 411, "The request needs a Content-Length."
    return (413, "That form is too large.") if length and int(length) > LARGEST_FORM else None


def _session(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """Always 200, and never activity: a page may ask as often as it likes. `for` is the path whose rule's clocks are
    asked for, instead of those of `[session]`."""
    session = live(service, arrival)
    if session is None:
        document: dict[str, object] = {"authenticated": False, "subject": None, "session": None, "clocks": {}}
    else:
        clocks = clocks_of(service, arrival, session, _first(parse_qs(arrival.request.query), "for"))
        document = {"authenticated": True, "subject": session.subject, "session": session.id, "clocks": clocks}
    answer(flow, json_answer(arrival, 200, document))


def _jwks(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """The key with which assertions are signed, for the application (and whoever else wants to verify one)."""
    answer(flow, json_answer(arrival, 200, service.guard.voucher.jwks()))


async def _extend(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    """`stay signed in`: the person's own act, so it counts as activity."""
    found = service.guard.find(arrival.identity, arrival.now)
    if found is not None and rotation.reused(service.guard.policy, found, arrival.now):
        gone = await service.guard.end(found.session, End(arrival.now, rotation.REUSE))
        found = found._replace(session=gone)
    verdict = verdict_of(service, arrival, found.session if found else None)
    if found is not None and verdict.kind is Kind.ALLOW:
        findings = service.detection.allowed(arrival, found.session, verdict)
        if findings:  # an extension from where the person is not must not hide the request that follows it
            await service.detection.raise_now(findings)
            found = service.guard.find(arrival.identity, arrival.now)
            verdict = verdict_of(service, arrival, found.session if found else None)
    if found is None or verdict.kind is not Kind.ALLOW:
        if found is not None and verdict.end is not None:
            await service.guard.end(found.session, verdict.end)
        decision = service.guard.log(arrival.request, arrival.site, None, verdict, arrival.now)
        answer(flow, verdict_answer(service, arrival, verdict, decision))
        return
    session = touched(found.session, arrival.now)
    _note_extension(service, arrival, session, verdict)
    shown = session_document(session, service.guard.policy, arrival.now)
    answer(flow, json_answer(arrival, 200, {"session": session.id, "clocks": shown["clocks"]}))


def _note_extension(service: Service, arrival: Arrival, session: Session, verdict: Verdict) -> None:
    """In the ledger, in the decision log and, as it is activity, in a recording."""
    guard, now = service.guard, arrival.now
    guard.behind.touch(session)
    guard.note((guard.event(EventType.SESSION_EXTENDED, now, session),))
    decision = guard.log(arrival.request, arrival.site, session, verdict, now)
    if service.recorder is not None:
        judged = Judged(arrival, session, verdict, decision)
        service.recorder.exchange(judged, ended_at=now, status=200, size=0, streamed=False)


def _login_page(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> Awaitable[None] | None:
    if service.oidc is None and service.guard.settings.login.kind != "dev":
        answer(flow, refusal_answer(service, arrival, 404, "This site has no login page of nightlatch's."))
        return None
    if (instead := login_visit.answer_elsewhere(service, arrival)) is not None:
        answer(flow, instead)
        return None
    if service.oidc is not None:
        return _at_provider(service, flow, arrival, oidc_begin.begin)
    if _is_elsewhere(service, flow, arrival):
        return None
    by_link = arrival.request.header("sec-fetch-site") in ("cross-site", "same-site")
    kept = service.kept.of(form_keeping.mark_of(arrival), arrival.now) is not None
    asked = dev_login.believable(parse_qs(arrival.request.query), by_link=by_link, kept=kept)
    back = safe_return_to(_first(asked, "return_to"), arrival.origin)
    fields = dev_login.page_fields(service.guard, asked, back, who=_who(service, arrival))
    answer(flow, page_answer(service, arrival, 200, "login", fields))
    return None


def _callback(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> Awaitable[None] | None:
    return _at_provider(service, flow, arrival, oidc_callback.finish)


def _at_provider(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    step: Callable[[Service, http.HTTPFlow, Arrival, OidcLogin], Awaitable[None]],
) -> Awaitable[None] | None:
    """A step of a login at an identity provider: for those who GET it, as a HEAD would use a state up for nothing."""
    if service.oidc is None:
        answer(flow, refusal_answer(service, arrival, 404, "People do not log in to this site at a provider."))
    elif arrival.request.method == "HEAD":
        answer(flow, refusal_answer(service, arrival, 405, "That page does not answer this method."))
    else:
        return step(service, flow, arrival, service.oidc)
    return None


async def _login(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> None:
    if service.guard.settings.login.kind != "dev":
        answer(flow, refusal_answer(service, arrival, 404, "This site has no login page of nightlatch's."))
        return
    if _is_elsewhere(service, flow, arrival):
        return
    form = form_of(flow)
    back = safe_return_to(_first(form, "return_to"), arrival.origin)
    more = _asks_for_more(service, arrival, back)
    again, second = bool(_first(form, "reauthenticate")) or bool(more), dev_login.needs_second(more.get("amr", ""))
    user, code, remember = _first(form, "user"), _first(form, "code").strip(), bool(_first(form, "remember"))
    try:
        issued = await dev_login.log_in(
            service.guard, arrival, user, again=again, code=code, second=second, remember=remember
        )
    except LoginRefused as refusal:
        asked = {**form, "amr": [more["amr"]]} if second else form
        fields = dev_login.page_fields(service.guard, asked, back, refused=refusal.reason, who=_who(service, arrival))
        answer(flow, page_answer(service, arrival, 401, "login", fields))
        return
    service.bounces.went_through(client_of(arrival.request))
    age = cookie_age(issued.session, service.guard.policy, arrival.now)
    answer(flow, redirect_answer(arrival, back, issued.credential, age))


def _is_elsewhere(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> bool:
    """Refuse the dev login to whoever is not at this machine."""
    if came_from_here(peer(flow), arrival.request.headers):
        return False
    answer(flow, refusal_answer(service, arrival, 403, "The dev login is for this machine only."))
    return True


def _asks_for_more(service: Service, arrival: Arrival, back: str) -> Mapping[str, str]:
    """What the page that the person comes from asks a fresh login for, before it lets the session in."""
    found = service.guard.find(arrival.identity, arrival.now)
    page = arrival.request._replace(method="GET", path=back.partition("?")[0], query="", has_body=False)
    verdict = decide(arrival.identity, found.session if found else None, service.guard.policy, page, arrival.now)
    return dict(verdict.asks) if verdict.kind is Kind.STEP_UP else {}


def _who(service: Service, arrival: Arrival) -> str | None:
    session = live(service, arrival)
    return None if session is None else session.subject


def _first(form: Mapping[str, list[str]], name: str) -> str:
    return form.get(name, [""])[0]


GETS: Mapping[str, Callable[[Service, http.HTTPFlow, Arrival], Awaitable[None] | None]] = {
    "session": _session,
    "login": _login_page,
    "callback": _callback,
    "logout": logout.ask,
    "logged-out": logout.logged_out,
    "form": form_page.show,
    "jwks.json": _jwks,
    "notice.js": notice.show,
}
POSTS: Mapping[tuple[str, str], Callable[[Service, http.HTTPFlow, Arrival], Awaitable[None]]] = {
    ("POST", "login"): _login,
    ("POST", "logout"): logout.log_out,
    ("POST", "backchannel-logout"): backchannel.receive,
    ("POST", "extend"): _extend,
    ("POST", "form"): form_page.discard,
}
