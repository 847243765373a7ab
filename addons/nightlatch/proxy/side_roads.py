"""Where a request leaves the gate's straight way because something must be on disk first (law of time 5).

Each road tells when it is taken, does what is durable, and then either settles the request itself, or returns its
case to be decided anew with what is true by then. The tables at the end are all there are, in the order in which they
are looked at.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from nightlatch.core.on_purpose import strikes_at_once
from nightlatch.core.session import End
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy import crowd, newcomers, ordered_ends, refreshes, rotation
from nightlatch.proxy.case import ADMITTED, Case
from nightlatch.proxy.settle import settle


class Road(NamedTuple):
    """A way round. `take` returns the case when it is to be decided (again), None when it is settled."""

    due: Callable[[Case], bool]
    take: Callable[[Case], Awaitable[Case | None]]


def _is_new(case: Case) -> bool:
    return newcomers.newcomer(case.service.guard, case.arrival) is not None


async def _welcome(case: Case) -> Case | None:
    """A credential seen for the first time: its session is on disk before anything passes."""
    guard, arrival = case.service.guard, case.arrival
    session = newcomers.newcomer(guard, arrival)
    verdict = case.decided(session)
    if session is None or verdict.kind not in ADMITTED:
        settle(case.service, case.flow, arrival, None, verdict)
        return None
    if await newcomers.enrol(guard, arrival, session):
        await crowd.make_room(guard, session, arrival.now)
    case.find_again()
    if case.found is None:
        raise LedgerError("a session that was just written cannot be read back")
    return case


def _is_outlived(case: Case) -> bool:
    return case.found is not None and rotation.outlived(case.found, case.arrival.now)


async def _outlived(case: Case) -> Case | None:
    """A rotated credential came back after its grace: someone else may hold it; the session ends (law of trust 11),
    unless the policy lets it go on."""
    guard, arrival, found = case.service.guard, case.arrival, case.found
    if found is None:
        return case
    if not rotation.reused(guard.policy, found, arrival.now):
        case.service.detection.replaced(arrival, found.session)
        case.find_again()
        case.found = case.found or found
        return await _refreshed(case) if _is_refresh(case) else case
    gone = await guard.end(found.session, End(arrival.now, rotation.REUSE))
    settle(case.service, case.flow, arrival, gone, case.decided(gone))
    return None


def _is_refresh(case: Case) -> bool:
    return case.found is not None and refreshes.is_refresh(case.service.guard, case.arrival, case.found)


async def _refreshed(case: Case) -> Case | None:
    """A further token of a live session, if it lets anybody in at all: on disk before anything passes. What wrote it
    down has seen that the session lives: it need not be asked for once more."""
    found, case.refreshed, guard = case.found, True, case.service.guard
    if found is not None and case.decided(found.session).kind in ADMITTED:
        if await refreshes.take_in(guard, case.arrival, found.session):
            case.found = guard.as_it_stands(found, case.arrival.now)
        else:
            case.find_again()
            case.found = case.found or found
    return case


def _is_preflight(case: Case) -> bool:
    return case.verdict is not None and case.verdict.reason == "preflight"


async def _preflight(case: Case) -> None:
    """It carries no credential. None of the peers passes one on unless it is told to; and it may be the moment for
    which an end was ordered."""
    guard, arrival, verdict = case.service.guard, case.arrival, case.verdict
    if guard.settings.peer is not None or verdict is None:
        verdict = Verdict(Kind.LOGIN, "no_credential", forward_credential=False)
    settle(case.service, case.flow, arrival, None, verdict)
    struck = ordered_ends.struck_by_preflight(guard, arrival)
    if struck:
        await ordered_ends.carry_out_all(guard, struck, arrival.now)


def _ends_it(case: Case) -> bool:
    return case.found is not None and case.verdict is not None and case.verdict.end is not None


async def _ended(case: Case) -> None:
    """This very request finds that a clock of its session has run out."""
    assert case.found and case.verdict and case.verdict.end  # noqa: S101 (`_ends_it` has looked)
    gone = await case.service.guard.end(case.found.session, case.verdict.end)
    settle(case.service, case.flow, case.arrival, gone, case.verdict)


def _is_alarming(case: Case) -> bool:
    detection = case.service.detection
    if case.seen or not detection.looks or case.found is None or case.verdict is None:
        return False
    case.findings = detection.allowed(case.arrival, case.found.session, case.verdict)
    return bool(case.findings)


async def _alarmed(case: Case) -> Case:
    """What a detector found in this request has consequences: it is judged again once they are on disk."""
    await case.service.detection.raise_now(case.findings)
    case.find_again()
    case.seen = True
    return case


def _is_ordered(case: Case) -> bool:
    ordered = None if case.found is None else case.found.session.expire_when
    if ordered is None:
        return False
    return strikes_at_once(ordered, case.arrival.request, refreshes=case.refreshed or _rotates(case))


async def _end_as_ordered(case: Case) -> None:
    """Somebody wants to see what the client makes of it."""
    assert case.found  # noqa: S101 (`_is_ordered` has looked)
    gone = await ordered_ends.carry_out(case.service.guard, case.found.session, case.arrival.now)
    settle(case.service, case.flow, case.arrival, gone, case.decided(gone)._replace(end=gone.end))


def _rotates(case: Case) -> bool:
    return case.found is not None and rotation.due(case.service.guard.policy, case.found, case.arrival.now)


async def _rotate(case: Case) -> None:
    """The answer brings a new credential of nightlatch's own."""
    assert case.found and case.verdict  # noqa: S101 (`_rotates` has looked)
    fresh = await rotation.rotate(case.service.guard, case.arrival, case.found)
    settle(case.service, case.flow, case.arrival, case.found.session, case.verdict, fresh)


STRANGERS = (Road(_is_new, _welcome),)
"""Before the decision, where the ledger knows no session."""

KNOWN = (Road(_is_outlived, _outlived), Road(_is_refresh, _refreshed))
"""Before the decision, where it does."""

AFTER: Mapping[Kind, tuple[Road, ...]] = {
    Kind.ALLOW: (Road(_is_alarming, _alarmed), Road(_is_ordered, _end_as_ordered), Road(_rotates, _rotate)),
    Kind.PUBLIC: (Road(_is_preflight, _preflight),),
    Kind.EXPIRED: (Road(_ends_it, _ended),),
}
"""After it, by verdict."""
