"""Watches what is open (sockets, streams, downloads): when its session ends, it ends, whoever ended it (law 8).

One look ten times a second while anything is open. The look is cheap: everything is judged again only when another
connection has committed to the ledger, or when the nearest deadline has come.
"""

from mitmproxy import http

from nightlatch.core.decide import decide
from nightlatch.core.identity import Identity
from nightlatch.core.policy import SECOND
from nightlatch.core.session import touched
from nightlatch.core.verdict import Kind, Remaining, Verdict
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.open_exchanges import OpenExchanges

FOR_EVER = 1 << 62


class Watch:
    """The open exchanges of one guard, by flow id."""

    def __init__(self, guard: Guard, exchanges: OpenExchanges) -> None:
        self._guard, self._exchanges = guard, exchanges
        self._judged: dict[str, Judged] = {}
        self._version = -1
        self._next = 0

    def add(self, flow: http.HTTPFlow, judged: Judged) -> None:
        """`flow` has passed and belongs to a session."""
        if judged.session is not None:
            self._judged[flow.id] = judged
            self._exchanges.add(flow, judged.session.id)
            self._next = 0

    def remove(self, flow: http.HTTPFlow) -> None:
        """`flow` is over."""
        if self._judged.pop(flow.id, None) is not None:
            self._exchanges.remove(flow)

    def message(self, flow: http.HTTPFlow, from_client: bool) -> bool:
        """Count a WebSocket message as the policy says; False when its session is over, so it must not pass."""
        judged = self._judged.get(flow.id)
        if judged is None:
            return False
        now = self._guard.clock.now()
        # The handshake is passive because of its `Upgrade`; what the person sends through it is not.
        verdict = self._again(judged, now, without="upgrade")
        if verdict.activity and judged.session is not None and self._counts(from_client):
            session = self._guard.current(judged.session, now)
            judged.session = touched(session, now)
            self._guard.behind.touch(judged.session)
        return verdict.passes

    def _counts(self, from_client: bool) -> bool:
        counted = self._guard.policy.activity.websocket
        return counted == "all" or (counted == "client" and from_client)

    async def look(self) -> None:
        """End what has outlived its session.

        Raises:
            LedgerError: the ledger cannot be read or written.
        """
        if not self._judged:
            return
        now, version = self._guard.clock.now(), self._guard.reader.version()
        if version == self._version and now < self._next:
            return
        self._version, self._next = version, FOR_EVER
        for judged in list(self._judged.values()):
            await self._end_if_over(judged, now)

    async def _end_if_over(self, judged: Judged, now: int) -> None:
        if judged.session is None:
            return
        verdict = self._again(judged, now)
        if verdict.kind is Kind.STEP_UP:
            # The next request is asked for more; what is open already goes on, and its session with it (DESIGN 6.3).
            self._next = min(self._next, now + SECOND)
            return
        if verdict.passes:
            self._next = min([self._next, *self._deadlines(judged, verdict, now)])
            return
        if verdict.end is not None:
            await self._guard.end(judged.session, verdict.end)
        await self._exchanges.end(judged.session.id, closing_reason(verdict))

    def _deadlines(self, judged: Judged, verdict: Verdict, now: int) -> list[int]:
        """When the exchange has to be judged again: at the end of each clock, the token's among them."""
        idle, absolute = verdict.remaining or Remaining(None, None)
        # An active request is told the whole limit, as though it were asked anew; but it is not.
        idle_from = judged.session.last_active_at if verdict.activity and judged.session else now
        ends = [start + left for start, left in ((idle_from, idle), (now, absolute)) if left is not None]
        identity = judged.arrival.identity
        if isinstance(identity, Identity) and identity.token is not None:
            ends.append(identity.token.expires_at + self._guard.policy.session.leeway)
        return ends

    def _again(self, judged: Judged, now: int, *, without: str = "") -> Verdict:
        """The verdict that the exchange's request would get now, had it not the header field `without`."""
        arrival = judged.arrival
        request = arrival.request
        if without:
            headers = {name: values for name, values in request.headers.items() if name != without}
            request = request._replace(headers=headers)
        found = self._guard.find(arrival.identity, now)
        session = found.session if found else None
        if session is not None:
            judged.session = session
        return decide(arrival.identity, session, self._guard.policy, request, now)


def closing_reason(verdict: Verdict) -> str:
    """What the page's script sees: the verdict and its clock, such as `session expired (idle)`."""
    return f"session {verdict.kind}" + (f" ({verdict.clock})" if verdict.clock else "")
