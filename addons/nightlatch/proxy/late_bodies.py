"""Requests whose session ended while their body was on its way: they are judged again once it is in.

The guard keeps a body until it is whole, so nothing of it has reached the application: the write did not happen, and
the client is told so, in place of a connection that breaks off. Knows nothing of how bodies are kept.
"""

from collections.abc import Awaitable

from mitmproxy import http

from nightlatch.core.on_purpose import Moment
from nightlatch.core.session import Session
from nightlatch.core.verdict import Verdict
from nightlatch.proxy import form_keeping, ordered_ends
from nightlatch.proxy.answers import answer
from nightlatch.proxy.arrival import arrive
from nightlatch.proxy.judged import KEY, Judged, judged
from nightlatch.proxy.own_answers import refusal_answer, verdict_answer
from nightlatch.proxy.service import Service

_PROMPT = 0.1
"""Seconds. A body that came with its request's head was judged a moment ago."""


def judge_late(service: Service, flow: http.HTTPFlow, found: Judged) -> Awaitable[None] | None:
    """Answer `flow`, whose body has arrived, if its session has ended since its head did; what is returned must be
    awaited.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    ordered = found.session is not None and found.session.expire_when == Moment.MID_UPLOAD
    in_time = _came_promptly(flow) and service.watch.knows(flow) and not ordered
    if not found.verdict.passes or in_time:
        return None
    session, verdict = service.watch.judge_again(found)
    if session is not None and session.end is None and session.expire_when == Moment.MID_UPLOAD:
        return _end_as_ordered(service, flow, found, session)
    return None if verdict.passes else _refuse(service, flow, found, session, verdict)


async def _end_as_ordered(service: Service, flow: http.HTTPFlow, found: Judged, session: Session) -> None:
    gone = await ordered_ends.carry_out(service.guard, session, service.guard.clock.now())
    await _refuse(service, flow, found, gone, service.watch.judge_again(found)[1])


async def _refuse(
    service: Service, flow: http.HTTPFlow, found: Judged, session: Session | None, verdict: Verdict
) -> None:
    if verdict.end is not None and session is not None:
        session = await service.guard.end(session, verdict.end)
    refuse_late(service, flow, Judged(found.arrival, session, verdict, found.decision))


def refuse_late(service: Service, flow: http.HTTPFlow, late: Judged) -> None:
    """Answer in place of the application, which has heard nothing of the request, and note the later decision."""
    arrival, guard = late.arrival, service.guard
    late.decision = guard.log(arrival.request, arrival.site, late.session, late.verdict, guard.clock.now())
    flow.metadata[KEY] = late
    service.held.release(flow)
    service.watch.remove(flow)
    guard.active.finish(flow.id)
    answer(flow, verdict_answer(service, arrival, late.verdict, late.decision))
    form_keeping.keep(service, flow)


def refuse_body(service: Service, flow: http.HTTPFlow, status: int, why: str) -> None:
    """A request that was let in has a body that cannot go on: the application hears nothing of it."""
    found = judged(flow)
    arrival = found.arrival if found else arrive(service.guard, flow)
    service.held.release(flow)
    service.watch.remove(flow)
    service.guard.active.finish(flow.id)
    answer(flow, refusal_answer(service, arrival, status, why))


def _came_promptly(flow: http.HTTPFlow) -> bool:
    end = flow.request.timestamp_end
    return end is not None and 0 <= end - flow.request.timestamp_start < _PROMPT
