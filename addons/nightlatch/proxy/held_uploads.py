"""Refused uploads that do not come to an end.

mitmproxy holds back an answer given in `requestheaders` until the whole body has arrived, and reads the body
meanwhile. A client that sends slowly, or never stops, would keep its connection for as long as it likes; after
`PATIENCE` it is closed. Knows nothing of sessions.
"""

import asyncio

from mitmproxy.http import HTTPFlow

from nightlatch.proxy.live_flows import cut

PATIENCE = 10.0
"""Seconds that a refused body may take to arrive."""

DISCARDED = "nightlatch.discarded"
"""In `flow.metadata`: the refused body was too large to be kept meanwhile."""


class HeldUploads:
    """The refused requests whose bodies are still arriving."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._cuts: set[asyncio.Task[None]] = set()

    def hold(self, flow: HTTPFlow) -> None:
        """`flow` was refused and its body has not arrived: cut it off when it takes too long."""
        timer = asyncio.get_running_loop().call_later(self._patience, self._expire, flow)
        self._timers[flow.id] = timer

    def release(self, flow: HTTPFlow) -> None:
        """The body is in (`request` hook) or the client has gone (`error` hook). Any flow may be given."""
        timer = self._timers.pop(flow.id, None)
        if timer is not None:
            timer.cancel()

    def release_all(self) -> None:
        """The guard stops."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()

    def _expire(self, flow: HTTPFlow) -> None:
        self._timers.pop(flow.id, None)
        self.cut_soon(flow, "the body of a refused request took too long")

    def cut_soon(self, flow: HTTPFlow, reason: str) -> None:
        """End `flow` as soon as the loop is free: for callers within mitmproxy's own handling of it."""
        task = asyncio.get_running_loop().create_task(cut(flow, reason))
        self._cuts.add(task)
        task.add_done_callback(self._cuts.discard)
