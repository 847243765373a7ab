"""Requests whose session ended while their body was on its way: they are judged again once it is in.

The guard keeps a body until it is whole, so nothing of it has reached the application: the write did not happen, and
the client is told so, in place of a connection that breaks off. Knows nothing of how bodies are kept.
"""

from collections.abc import Awaitable

from mitmproxy import http

from nightlatch.core.verdict import Verdict
from nightlatch.proxy import form_keeping
from nightlatch.proxy.answers import answer
from nightlatch.proxy.judged import KEY, Judged
from nightlatch.proxy.own_answers import verdict_answer
from nightlatch.proxy.service import Service

_PROMPT = 0.1
"""Seconds. A body that came with its request's head was judged a moment ago."""


def judge_late(service: Service, flow: http.HTTPFlow, found: Judged) -> Awaitable[None] | None:
    """Answer `flow`, whose body has arrived, if its session has ended since its head did; what is returned must be
    awaited.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    if not found.verdict.passes or _came_promptly(flow):
        return None
    verdict = service.watch.judge_again(found)
    return None if verdict.passes else _refuse(service, flow, found, verdict)


async def _refuse(service: Service, flow: http.HTTPFlow, found: Judged, verdict: Verdict) -> None:
    session = found.session
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


def _came_promptly(flow: http.HTTPFlow) -> bool:
    end = flow.request.timestamp_end
    return end is not None and 0 <= end - flow.request.timestamp_start < _PROMPT
