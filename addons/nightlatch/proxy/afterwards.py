"""What happens to a request after it was let in: its body, the upstream's answer, its end.

The answer is mended for the guard's own origin, told what is left of the session, and may bring a session with it;
the end counts what the exchange took as activity, and goes into the recording.
"""

from collections.abc import Awaitable

from mitmproxy import http

from nightlatch.core.headers import CookiePlace, session_header
from nightlatch.core.remembering import cookie_age
from nightlatch.core.request import RequestView
from nightlatch.core.session import State
from nightlatch.core.verdict import Kind, Remaining
from nightlatch.identity.extract import SourceKind
from nightlatch.identity.set_cookies import parse_set_cookie
from nightlatch.proxy import (
    body_lengths,
    form_keeping,
    form_sending,
    issued,
    late_bodies,
    notice,
    ordered_ends,
    own_site,
    upstream_refusal,
)
from nightlatch.proxy.active import credited
from nightlatch.proxy.apply import client_of
from nightlatch.proxy.arrival import Arrival, is_own_cookie
from nightlatch.proxy.entrance import OUTSIDE, OWN_PAGE, may_pass
from nightlatch.proxy.framing import unbroken
from nightlatch.proxy.judged import Judged, judged
from nightlatch.proxy.live_flows import kill_tunnel, stay_open
from nightlatch.proxy.own_answers import own_set_cookie, warp_shown
from nightlatch.proxy.reverse import MENDED, is_long, mend_response, names_of, should_stream
from nightlatch.proxy.service import Service

_SHORT = 0.5
"""Seconds. A warp that falls into an exchange this short is lost on it, which can only end a session early."""


def body_is_in(service: Service | None, flow: http.HTTPFlow) -> Awaitable[None] | None:
    """A refused request is answered now, and a form may be kept. A POST to a page of nightlatch's own can be answered,
    and a kept form goes out instead of what has arrived; a body that was long on its way is judged again, as its
    session may have ended meanwhile."""
    if service is None:
        return None
    service.held.release(flow)
    if flow.response is not None:
        form_keeping.keep(service, flow)
        return None
    if OUTSIDE not in flow.metadata and (fault := body_lengths.settle(flow.request)) is not None:
        late_bodies.refuse_body(service, flow, 400, fault)
        return None
    own: tuple[Arrival, str] | None = flow.metadata.get(OWN_PAGE)
    if own is not None:
        return own_site.post(service, flow, *own)
    form_sending.fill(service, flow)
    found = judged(flow)
    if found is None or not flow.request.raw_content or found.session is None:
        return None
    return late_bodies.judge_late(service, flow, found)


def answer_begins(service: Service, flow: http.HTTPFlow) -> Awaitable[None] | None:
    """The upstream's header has arrived, and nothing of it has gone to the client.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    found = judged(flow)
    if found is None or flow.response is None:
        return None
    if flow.response.status_code == 101 and not _is_websocket(flow):
        kill_tunnel(flow)
        return None
    _mend(service, flow, found)
    if flow.response.status_code in (302, 303, 307) and issued.is_login(service.guard, found):
        service.bounces.went_through(client_of(found.arrival.request))
    if issued.keeps_credential(service.guard, flow, found):
        service.detection.kept(found.arrival, found.session)
    _pass_on_as_it_comes(service, flow)
    if flow.response.stream or flow.response.status_code == 101:
        stay_open(flow)
    refreshes = issued.brings_credential(service.guard, flow)
    ordered = ordered_ends.after_head(service, flow, found, refreshes=refreshes)
    taking_in = issued.take_in(service.guard, flow, found) if refreshes else None
    return taking_in if ordered is None else _both(ordered, taking_in)


def _pass_on_as_it_comes(service: Service, flow: http.HTTPFlow) -> None:
    """What is long or endless does not wait until it is whole. An endless answer is nobody's activity; the time that a
    download takes counts as that of any exchange does."""
    assert flow.response is not None  # noqa: S101 (`answer_begins` has looked)
    headers, status = flow.response.headers, flow.response.status_code
    if should_stream(headers, status):
        service.guard.active.finish(flow.id)
    elif not is_long(headers, status) or (service.guard.settings.notice and notice.is_html(headers)):
        return
    flow.response.stream = True


async def _both(first: Awaitable[object], second: Awaitable[None] | None) -> None:
    await first
    if second is not None:
        await second


def answer_is_in(service: Service, flow: http.HTTPFlow) -> None:
    """The upstream's whole answer is there, and nothing of it has gone to the client, unless it is passed on as it
    comes."""
    if service.guard.policy.login.rewrite_upstream:
        upstream_refusal.lead_to_login(service, flow)
    if service.guard.settings.notice:
        notice.put_in(service, flow)


def over(service: Service, flow: http.HTTPFlow) -> None:
    """The exchange has ended, one way or another."""
    if ordered_ends.is_broken_off(flow) and flow.killable:
        flow.kill()  # else what was broken off would be finished as though it were whole
    service.held.release(flow)
    service.watch.remove(flow)
    service.discarded.add(_size(flow))
    form_sending.undo(service, flow)
    exchange = service.guard.active.finish(flow.id)
    found = judged(flow)
    if found is None or (service.recorder is None and (exchange is None or _was_short(flow))):
        return
    now = service.guard.clock.now()
    if exchange is not None and found.session is not None and found.session.state is State.ACTIVE:
        session = credited(service.guard.current(found.session, now), exchange, now)
        if session.last_active_at > found.session.last_active_at:
            service.guard.behind.touch(session)
    if service.recorder is not None:
        status = flow.response.status_code if flow.response else 0
        size = len(flow.request.raw_content or b"")
        streamed = flow.response is not None and should_stream(flow.response.headers, status)
        service.recorder.exchange(found, ended_at=now, status=status, size=size, streamed=streamed)


def _size(flow: http.HTTPFlow) -> int:
    """How many bytes of bodies the exchange holds."""
    bodies = (flow.request.data.content, flow.response.data.content if flow.response else None)
    return sum(map(len, filter(None, bodies)))


def _was_short(flow: http.HTTPFlow) -> bool:
    """Whether the exchange took so little wall time that reading nightlatch's clock again would tell nothing: only
    one that takes longer than a second counts at its end."""
    end = flow.response.timestamp_end if flow.response else None
    return end is not None and 0 <= end - flow.request.timestamp_start < _SHORT


def message(service: Service, flow: http.HTTPFlow) -> None:
    """A WebSocket message: activity, if the policy says so; one that comes after the session's end is dropped."""
    if flow.websocket is None or not flow.websocket.messages:
        return
    latest = flow.websocket.messages[-1]
    try:
        passes = _message_passes(service, flow, latest.from_client)
    except Exception:
        passes = False
    if not passes:
        latest.drop()


def _message_passes(service: Service, flow: http.HTTPFlow, from_client: bool) -> bool:
    """Where nobody has logged in (a public path, a host that is not guarded) no session can end it."""
    found = judged(flow)
    if found is None or found.session is None:
        return may_pass(flow)
    said = service.watch.message(flow, from_client)
    if said is not None and said.verdict.activity and service.recorder is not None:
        size = len(flow.websocket.messages[-1].content) if flow.websocket else 0
        service.recorder.exchange(said, ended_at=said.arrival.now, status=101, size=size)
    return said is not None


def _is_websocket(flow: http.HTTPFlow) -> bool:
    """Whether a WebSocket was asked for, as it went to the upstream, and given."""
    sides = (flow.request.headers, flow.response.headers if flow.response else {})
    return all(side.get("upgrade", "").lower() == "websocket" for side in sides)


def _mend(service: Service, flow: http.HTTPFlow, found: Judged) -> None:
    assert flow.response is not None  # noqa: S101 (`answer_begins` has looked)
    headers, arrival, guard = flow.response.data.headers, found.arrival, service.guard
    headers.fields = unbroken(headers.fields)
    if not names_of(headers.fields).isdisjoint(_LOOKED_AT):
        _mend_what_is_there(service, headers, arrival)
    if found.fresh_credential is not None:
        age = None if found.session is None else cookie_age(found.session, guard.policy, arrival.now)
        headers.add("Set-Cookie", own_set_cookie(arrival, found.fresh_credential, age))
    if found.verdict.kind is Kind.ALLOW and guard.settings.logout.no_store and is_page(arrival.request):
        headers["Cache-Control"] = "no-store"
    if found.verdict.kind is Kind.ALLOW and guard.settings.session_header:
        left = session_header(found.verdict.remaining or Remaining(None, None)).encode()
        headers.fields = (*headers.fields, (b"Nightlatch-Session", left))
    if arrival.warp.segments and (clock := warp_shown(arrival)) is not None:
        headers["Nightlatch-Clock"] = clock


_OURS = frozenset({b"nightlatch-verdict", b"nightlatch-session", b"nightlatch-clock"})
"""Header fields of an answer that are nightlatch's alone to set."""

_LOOKED_AT = _OURS | MENDED


def _mend_what_is_there(service: Service, headers: http.Headers, arrival: Arrival) -> None:
    mend_response(headers, origin=arrival.origin, site=arrival.site)
    lines = headers.get_all("set-cookie")
    if lines:
        _keep_cookies(service, headers, lines)
    headers.fields = tuple(field for field in headers.fields if field[0].lower() not in _OURS)


_ASSETS = frozenset({"audio", "font", "image", "manifest", "script", "style", "track", "video"})
"""Values of Sec-Fetch-Dest."""


def is_page(request: RequestView) -> bool:
    """Whether a browser asks for something to read, or a script for what it will show: no part of the page's dress."""
    return request.header("sec-fetch-dest") not in _ASSETS


def _keep_cookies(service: Service, headers: http.Headers, lines: list[str]) -> None:
    """A guard's own cookie is not the application's to set; where the application's own lives is remembered."""
    cookies = {line: parse_set_cookie(line) for line in lines}
    kept = [line for line in lines if not is_own_cookie(cookies[line].name)]
    headers.set_all("set-cookie", kept)
    if service.guard.settings.source.kind is not SourceKind.COOKIE:
        service.hints.session_cookie(kept)
    for cookie in cookies.values():
        if issued.carries_session(service.guard, cookie.name):
            place = cookie.attributes
            service.guard.cookie_place = CookiePlace(place.get("path") or "/", place.get("domain") or None)
