"""Whose session a request to one of nightlatch's own pages belongs to, and whether it lives: judged as a person's own
act on these pages would be, whichever of them is asked."""

from nightlatch.core.decide import decide
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.proxy import rotation
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.service import Service

_SESSION_REQUEST = "/.nightlatch/extend"


def live(service: Service, arrival: Arrival) -> Session | None:
    """The session that `arrival` belongs to, if it lives."""
    found = service.guard.find(arrival.identity, arrival.now)
    if found is None or rotation.reused(found, arrival.now):
        return None
    verdict = verdict_of(service, arrival, found.session)
    return found.session if verdict.kind is Kind.ALLOW else None


def verdict_of(service: Service, arrival: Arrival, session: Session | None) -> Verdict:
    """What the person's own act, such as "stay signed in", would get with `session`."""
    plain = arrival.request._replace(method="POST", path=_SESSION_REQUEST)
    return decide(arrival.identity, session, service.guard.policy, plain, arrival.now)
