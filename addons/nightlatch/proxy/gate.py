"""The gate: what becomes of a request, decided in `requestheaders`, before a byte of its body reaches the application.

    HTTPFlow -view-> RequestView -identify-> Identity -find-> Session -decide-> Verdict -respond-> answer -apply->

Every request ends in `settle`, and nothing else lets one pass. Most are judged without waiting for anything; one that
starts, ends or rotates a session waits until that is on disk: the client must not hear of it before (law 5).
"""

from collections.abc import Awaitable, Sequence

from mitmproxy import http

from nightlatch.core.alert import Finding
from nightlatch.core.decide import decide
from nightlatch.core.on_purpose import strikes_at_once
from nightlatch.core.session import End, Session, touched
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.ledger.port import Found, LedgerError
from nightlatch.proxy import crowd, newcomers, ordered_ends, refreshes, rotation
from nightlatch.proxy.active import Exchange
from nightlatch.proxy.apply import apply
from nightlatch.proxy.arrival import Arrival, first_found
from nightlatch.proxy.judged import KEY, Judged
from nightlatch.proxy.service import Service

_ADMITTED = frozenset({Kind.ALLOW, Kind.STEP_UP, Kind.DENIED})
"""Verdicts that acknowledge a session; under any other a newcomer is not written down."""

_UNACCEPTABLE = frozenset({Kind.INVALID, Kind.ERROR})


def judge(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> Awaitable[None] | None:
    """Judge `flow` and carry the verdict out; what is returned, if anything, must be awaited.

    Raises:
        LedgerError: the ledger cannot be asked; the caller answers 503.
    """
    found = first_found(service.guard, arrival)
    if found is None:
        newcomer = newcomers.newcomer(service.guard, arrival)
        if newcomer is not None:
            return _welcome(service, flow, arrival, newcomer)
        return _conclude(service, flow, arrival, None)
    if rotation.outlived(found, arrival.now):
        if rotation.reused(service.guard.policy, found, arrival.now):
            return _end_reused(service, flow, arrival, found.session)
        service.detection.replaced(arrival, found.session)
        found = service.guard.find(arrival.identity, arrival.now) or found
    if refreshes.is_refresh(service.guard, arrival, found):
        return _refresh(service, flow, arrival, found)
    return _conclude(service, flow, arrival, found)


def _conclude(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    found: Found | None,
    *,
    refreshed: bool = False,
    seen: bool = False,
) -> Awaitable[None] | None:
    """`refreshed`: with a further token of the session's; `seen`: the detectors have looked at it."""
    session = found.session if found else None
    verdict = decide(arrival.identity, session, service.guard.policy, arrival.request, arrival.now)
    if verdict.kind is Kind.PUBLIC and verdict.reason == "preflight":
        return _conclude_preflight(service, flow, arrival, verdict)
    if verdict.end is not None and session is not None:
        return _end(service, flow, arrival, session, verdict)
    if verdict.kind is Kind.ALLOW and found is not None:
        if service.detection.looks and not seen:
            findings = service.detection.allowed(arrival, found.session, verdict)
            if findings:
                return _alarmed(service, flow, arrival, findings, refreshed=refreshed)
        rotates, ordered = rotation.due(service.guard.policy, found, arrival.now), found.session.expire_when
        if ordered is not None and strikes_at_once(ordered, arrival.request, refreshes=rotates or refreshed):
            return _end_as_ordered(service, flow, arrival, found.session)
        if rotates:
            return _rotate(service, flow, arrival, found, verdict)
    settle(service, flow, arrival, session, verdict)
    return None


def _conclude_preflight(
    service: Service, flow: http.HTTPFlow, arrival: Arrival, verdict: Verdict
) -> Awaitable[None] | None:
    """It carries no credential. None of the peers passes one on unless it is told to; and it may be the moment for
    which an end was ordered."""
    if service.guard.settings.peer is not None:
        verdict = Verdict(Kind.LOGIN, "no_credential", forward_credential=False)
    settle(service, flow, arrival, None, verdict)
    struck = ordered_ends.struck_by_preflight(service.guard, arrival)
    return ordered_ends.carry_out_all(service.guard, struck, arrival.now) if struck else None


async def _end_as_ordered(service: Service, flow: http.HTTPFlow, arrival: Arrival, session: Session) -> None:
    """Somebody wants to see what the client makes of it."""
    gone = await ordered_ends.carry_out(service.guard, session, arrival.now)
    verdict = decide(arrival.identity, gone, service.guard.policy, arrival.request, arrival.now)
    settle(service, flow, arrival, gone, verdict._replace(end=gone.end))


async def _welcome(service: Service, flow: http.HTTPFlow, arrival: Arrival, newcomer: Session) -> None:
    """A credential seen for the first time: its session is on disk before anything passes."""
    verdict = decide(arrival.identity, newcomer, service.guard.policy, arrival.request, arrival.now)
    if verdict.kind not in _ADMITTED:
        return settle(service, flow, arrival, None, verdict)
    if await newcomers.enrol(service.guard, arrival, newcomer):
        await crowd.make_room(service.guard, newcomer, arrival.now)
    found = service.guard.find(arrival.identity, arrival.now)
    if found is None:
        raise LedgerError("a session that was just written cannot be read back")
    waiting = _conclude(service, flow, arrival, found)
    if waiting is not None:
        await waiting


async def _alarmed(
    service: Service, flow: http.HTTPFlow, arrival: Arrival, findings: Sequence[Finding], *, refreshed: bool
) -> None:
    """What a detector found in this request has consequences: it is judged again once they are on disk."""
    await service.detection.raise_now(findings)
    found = service.guard.find(arrival.identity, arrival.now)
    waiting = _conclude(service, flow, arrival, found, refreshed=refreshed, seen=True)
    if waiting is not None:
        await waiting


async def _refresh(service: Service, flow: http.HTTPFlow, arrival: Arrival, found: Found) -> None:
    """A further token of a live session, if it lets anybody in at all: on disk before anything passes."""
    verdict = decide(arrival.identity, found.session, service.guard.policy, arrival.request, arrival.now)
    if verdict.kind in _ADMITTED:
        await refreshes.take_in(service.guard, arrival, found.session)
        found = service.guard.find(arrival.identity, arrival.now) or found
    waiting = _conclude(service, flow, arrival, found, refreshed=True)
    if waiting is not None:
        await waiting


async def _end(service: Service, flow: http.HTTPFlow, arrival: Arrival, session: Session, verdict: Verdict) -> None:
    assert verdict.end is not None  # noqa: S101 (told by the caller, for the type checker)
    settle(service, flow, arrival, await service.guard.end(session, verdict.end), verdict)


async def _end_reused(service: Service, flow: http.HTTPFlow, arrival: Arrival, session: Session) -> None:
    """A rotated credential came back after its grace: someone else may hold it; the session ends (law of trust 11)."""
    gone = await service.guard.end(session, End(arrival.now, rotation.REUSE))
    verdict = decide(arrival.identity, gone, service.guard.policy, arrival.request, arrival.now)
    settle(service, flow, arrival, gone, verdict)


async def _rotate(service: Service, flow: http.HTTPFlow, arrival: Arrival, found: Found, verdict: Verdict) -> None:
    fresh = await rotation.rotate(service.guard, arrival, found)
    settle(service, flow, arrival, found.session, verdict, fresh)


def settle(
    service: Service,
    flow: http.HTTPFlow,
    arrival: Arrival,
    session: Session | None,
    verdict: Verdict,
    fresh_credential: str | None = None,
) -> None:
    """Carry `verdict` out: count the activity, note the decision, then let the request pass or answer it."""
    if verdict.activity and session is not None and verdict.remaining is not None:
        session = touched(session, arrival.now)
        service.guard.behind.touch(session)
        service.guard.active.begin(flow.id, Exchange(session.id, arrival.now, verdict.remaining.idle))
    if verdict.kind in _UNACCEPTABLE and service.guard.settings.verifier is not None:
        service.guard.note_unacceptable(arrival.request, verdict, arrival.now)
    if session is not None and session.end is not None:
        service.guard.personal.note_refusal(session, arrival.request, service.guard.policy, arrival.now)
    if session is not None and session.end is not None and verdict.end is None:
        service.guard.note_reuse(session, verdict, arrival.request, arrival.now)
    elif session is not None and verdict.kind is Kind.STEP_UP:
        service.guard.note_step_up(session, verdict, arrival.now)
    elif verdict.kind is Kind.INVALID:
        service.detection.refused(arrival, verdict)
    decision = service.guard.log(arrival.request, arrival.site, session, verdict, arrival.now)
    found = Judged(arrival, session, verdict, decision, fresh_credential)
    flow.metadata[KEY] = found
    service.counting.settled(verdict, arrival.begun)
    apply(service, flow, found)
