"""Whose session a request to one of nightlatch's own pages belongs to, and whether it lives: judged as a person's own
act on these pages would be, whichever of them is asked."""

from typing import Any

from nightlatch.core.deadlines import ClockState, running
from nightlatch.core.decide import decide
from nightlatch.core.matching import candidates, session_rule
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session
from nightlatch.core.session_json import clock_document
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy import rotation
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.service import Service

_SESSION_REQUEST = "/.nightlatch/extend"


def live(service: Service, arrival: Arrival) -> Session | None:
    """The session that `arrival` belongs to, if it lives."""
    found = service.guard.find(arrival.identity, arrival.now)
    if found is None or rotation.reused(service.guard.policy, found, arrival.now):
        return None
    verdict = verdict_of(service, arrival, found.session)
    return found.session if verdict.kind is Kind.ALLOW else None


def clocks_of(service: Service, arrival: Arrival, session: Session, path: str = "") -> dict[str, Any]:
    """The clocks of a live session: those of `[session]` or, with `path`, of the strictest rule for a page there."""
    policy = policy_for(service.guard.policy, session)
    page = arrival.request._replace(method="GET", path=path, query="", has_body=False)
    rules = [rule for rule in candidates(policy, page, session) if not rule.public] if path.startswith("/") else []
    clocks = [running(session, rule.limits, arrival.now, rule) for rule in rules or [session_rule(policy)]]
    first: dict[str, ClockState] = {}
    for clock in (each for of_rule in clocks for each in of_rule):
        known = first.setdefault(str(clock.clock), clock)
        first[str(clock.clock)] = min(known, clock, key=lambda state: state.deadline)
    return {name: clock_document(clock) for name, clock in first.items()}


def verdict_of(service: Service, arrival: Arrival, session: Session | None) -> Verdict:
    """What the person's own act, such as "stay signed in", would get with `session`."""
    plain = arrival.request._replace(method="POST", path=_SESSION_REQUEST)
    return decide(arrival.identity, session, service.guard.policy, plain, arrival.now)
