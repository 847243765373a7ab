"""The end of every way through the gate: the verdict is carried out. Nothing else lets a request pass."""

from mitmproxy import http

from nightlatch.core.session import Session, touched
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy.active import Exchange
from nightlatch.proxy.apply import apply
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.judged import KEY, Judged
from nightlatch.proxy.service import Service


def settle(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    session: Session | None,
    verdict: Verdict,
    fresh_credential: str | None = None,
) -> None:
    """Carry `verdict` out: count the activity, note the decision, then let the request pass or answer it."""
    guard = service.guard
    if verdict.activity and session is not None and verdict.remaining is not None:
        session = touched(session, arrival.now)
        guard.behind.touch(session)
        guard.active.begin(flow.id, Exchange(session.id, arrival.now, verdict.remaining.idle))
    elif verdict.kind is not Kind.ALLOW:
        _tell(service, arrival, session, verdict)
    decision = guard.log(arrival.request, arrival.site, session, verdict, arrival.now)
    found = Judged(arrival, session, verdict, decision, fresh_credential)
    flow.metadata[KEY] = found
    service.counting.settled(verdict, arrival.begun)
    apply(service, flow, found)


def _tell(service: Service, arrival: Arrival, session: Session | None, verdict: Verdict) -> None:
    """What the trail and the detectors are told of a request that is not simply allowed."""
    guard, request, now = service.guard, arrival.request, arrival.now
    if verdict.kind in (Kind.INVALID, Kind.ERROR) and guard.settings.verifier is not None:
        guard.note_unacceptable(request, verdict, now)
    if session is not None and session.end is not None:
        guard.personal.note_refusal(session, request, guard.policy, now)
    if session is not None and session.end is not None and verdict.end is None:
        guard.note_reuse(session, verdict, request, now)
    elif session is not None and verdict.kind is Kind.STEP_UP:
        guard.note_step_up(session, verdict, now)
    elif verdict.kind is Kind.INVALID:
        service.detection.refused(arrival, verdict)
