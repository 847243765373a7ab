"""Which exchanges are open, and whose: so that they can be ended when their session is (law of time 8).

It is told what begins and what is over, and ends what it is asked to. It does not know why.
"""

from mitmproxy.http import HTTPFlow

from nightlatch.proxy.live_flows import POLICY_VIOLATION, cut


class OpenExchanges:
    """Open flows (WebSockets, streams, downloads, uploads) by session id."""

    def __init__(self) -> None:
        self._open: dict[str, dict[str, HTTPFlow]] = {}
        self._whose: dict[str, str] = {}

    def add(self, flow: HTTPFlow, session_id: str) -> None:
        """`flow` has passed and belongs to the session."""
        self._whose[flow.id] = session_id
        flows = self._open.get(session_id)
        if flows is None:
            self._open[session_id] = {flow.id: flow}
        else:
            flows[flow.id] = flow

    def remove(self, flow: HTTPFlow) -> None:
        """`flow` is over. One that was never added is no error."""
        session = self._whose.pop(flow.id, None)
        if session is not None:
            flows = self._open[session]
            del flows[flow.id]
            if not flows:
                del self._open[session]

    def sessions(self) -> frozenset[str]:
        """The ids of the sessions that have something open."""
        return frozenset(self._open)

    def flows(self, session_id: str) -> tuple[HTTPFlow, ...]:
        """What the session has open, the oldest first."""
        return tuple(self._open.get(session_id, {}).values())

    async def end_one(self, flow: HTTPFlow, reason: str, code: int = POLICY_VIOLATION) -> None:
        """End one exchange. `reason` and `code` are what a WebSocket's client is told."""
        self.remove(flow)
        await cut(flow, reason, code)

    async def end(self, session_id: str, reason: str, code: int = POLICY_VIOLATION) -> None:
        """End everything that the session has open."""
        for flow in self.flows(session_id):
            await self.end_one(flow, reason, code)

    async def end_all(self, reason: str, code: int = POLICY_VIOLATION) -> None:
        """End everything that is open."""
        for session in self.sessions():
            await self.end(session, reason, code)
