"""Which exchanges are open, and whose: so that they can be ended when their session is (law of time 8).

It is told what begins and what is over, and ends what it is asked to. It does not know why.
"""

from mitmproxy.http import HTTPFlow

from nightlatch.proxy.live_flows import cut


class OpenExchanges:
    """Open flows (WebSockets, streams, downloads, uploads) by session id."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, HTTPFlow]] = {}

    def add(self, flow: HTTPFlow, session_id: str) -> None:
        """`flow` has passed and belongs to the session."""
        self._open[flow.id] = (session_id, flow)

    def remove(self, flow: HTTPFlow) -> None:
        """`flow` is over. One that was never added is no error."""
        self._open.pop(flow.id, None)

    def sessions(self) -> frozenset[str]:
        """The ids of the sessions that have something open."""
        return frozenset(session for session, _ in self._open.values())

    async def end(self, session_id: str, reason: str) -> None:
        """End everything that the session has open. `reason` is what a WebSocket's client is told."""
        for session, flow in list(self._open.values()):
            if session == session_id:
                self.remove(flow)
                await cut(flow, reason)

    async def end_all(self, reason: str) -> None:
        """End everything that is open."""
        for session in self.sessions():
            await self.end(session, reason)
