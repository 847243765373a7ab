"""What the gate knows of one request while it makes up its mind. Values on their way; nothing is decided here."""

from collections.abc import Sequence
from dataclasses import dataclass

from mitmproxy import http

from nightlatch.core.alert import Finding
from nightlatch.core.decide import decide
from nightlatch.core.session import Session
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.ledger.port import Found
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.service import Service

ADMITTED = frozenset({Kind.ALLOW, Kind.STEP_UP, Kind.DENIED})
"""Verdicts that acknowledge a session; under any other a newcomer is not written down."""


@dataclass(slots=True)
class Case:
    """One request on its way through the gate. `found`: its session as it stands; None when there is none."""

    service: Service
    flow: http.HTTPFlow
    arrival: Arrival
    found: Found | None
    verdict: Verdict | None = None
    """Once it is decided."""
    refreshed: bool = False
    """It came with a further token of its session's."""
    seen: bool = False
    """The detectors have looked at it."""
    findings: Sequence[Finding] = ()
    """What they found that must be on disk before it passes."""

    @property
    def session(self) -> Session | None:
        return None if self.found is None else self.found.session

    def decided(self, session: Session | None) -> Verdict:
        """What is decided about it, were its session this one."""
        arrival = self.arrival
        return decide(arrival.identity, session, self.service.guard.policy, arrival.request, arrival.now)

    def find_again(self) -> None:
        """Somebody has waited meanwhile: the ledger is asked anew."""
        self.found = self.service.guard.find(self.arrival.identity, self.arrival.now)
