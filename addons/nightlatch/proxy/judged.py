"""What the guard remembers of a flow between its hooks: the one entry that nightlatch keeps in `flow.metadata`."""

from dataclasses import dataclass

from mitmproxy import http

from nightlatch.core.session import Session
from nightlatch.core.verdict import Verdict
from nightlatch.proxy.arrival import Arrival

KEY = "nightlatch"


@dataclass(slots=True)
class Judged:
    """Written by the gate in `requestheaders`, read by every later hook of the flow, gone with the flow."""

    arrival: Arrival
    session: Session | None
    verdict: Verdict
    decision: str
    fresh_credential: str | None = None
    """nightlatch's own credential after a rotation: the answer must bring it."""


def judged(flow: http.HTTPFlow) -> Judged | None:
    """What the gate found out about `flow`; None when it never passed the gate, or was answered before it."""
    found = flow.metadata.get(KEY)
    return found if isinstance(found, Judged) else None
