"""The gate: what becomes of a request, decided in `requestheaders`, before a byte of its body reaches the application.

    HTTPFlow -view-> RequestView -identify-> Identity -find-> Session -decide-> Verdict -respond-> answer -apply->

Every request ends in `settle`, and nothing else lets one pass. Most go straight there without waiting for anything;
one that starts, ends or rotates a session waits until that is on disk: the client must not hear of it before (law 5).
Where that happens is told in `side_roads`.
"""

from collections.abc import Awaitable, Iterable

from mitmproxy import http

from nightlatch.core.decide import decide
from nightlatch.proxy.arrival import Arrival, first_found
from nightlatch.proxy.case import Case
from nightlatch.proxy.service import Service
from nightlatch.proxy.settle import settle
from nightlatch.proxy.side_roads import AFTER, KNOWN, STRANGERS, Road


def judge(service: Service, flow: http.HTTPFlow, arrival: Arrival) -> Awaitable[None] | None:
    """Judge `flow` and carry the verdict out; what is returned, if anything, must be awaited.

    Raises:
        LedgerError: the ledger cannot be asked; the caller answers 503.
    """
    case = Case(service, flow, arrival, first_found(service.guard, arrival))
    road = _first_due(STRANGERS if case.found is None else KNOWN, case)
    return _conclude(case) if road is None else _follow(road, case)


def _conclude(case: Case) -> Awaitable[None] | None:
    arrival, found = case.arrival, case.found
    session = None if found is None else found.session
    verdict = decide(arrival.identity, session, case.service.guard.policy, arrival.request, arrival.now)
    case.verdict = verdict
    road = _first_due(AFTER.get(verdict.kind, ()), case)
    if road is not None:
        return _follow(road, case)
    settle(case.service, case.flow, arrival, session, verdict)
    return None


def _first_due(roads: Iterable[Road], case: Case) -> Road | None:
    for road in roads:
        if road.due(case):
            return road
    return None


async def _follow(road: Road, case: Case) -> None:
    again = await road.take(case)
    waiting = _conclude(again) if again is not None else None
    if waiting is not None:
        await waiting
