"""Watches what is open (sockets, streams, downloads, uploads): it ends when its session does, whoever ended it (law 8).

One deadline a session, set anew when it comes and the session lives on, so that activity costs nothing here; one timer
for the nearest of them. What others commit is noticed by `look`, ten times a second while anything is open: one number
is compared, and only sessions that the trail names since are judged again. So ten thousand idle sockets cost nothing.
"""

import asyncio

from mitmproxy import http

from nightlatch.clock import monotonic_now
from nightlatch.core.decide import decide
from nightlatch.core.hours import closes_at
from nightlatch.core.identity import Identity
from nightlatch.core.policy import SECOND
from nightlatch.core.remembering import run_out_at
from nightlatch.core.request import RequestView
from nightlatch.core.session import Session, touched
from nightlatch.core.verdict import Kind, Remaining, Verdict
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy.deadline_queue import DeadlineQueue
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.held_uploads import HeldUploads
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.live_flows import INTERNAL_ERROR
from nightlatch.proxy.open_exchanges import OpenExchanges

BLIND_FOR = SECOND
"""How long the ledger may be unusable before what is open is closed: no end could be seen meanwhile (DESIGN 6.3)."""

PATIENCE = 200_000
"""Microseconds that another guard of the site has to write a touch down that moves a deadline (it takes 250 ms at
most): so an exchange ends within 250 ms of its deadline all the same."""

_SOONEST, _LATEST = 0.01, 86_400.0
"""Seconds ahead for which the timer is set."""


class Watch:
    """The open exchanges of one guard."""

    def __init__(self, guard: Guard, exchanges: OpenExchanges, held: HeldUploads) -> None:
        self._guard, self._exchanges, self._held = guard, exchanges, held
        self._judged: dict[str, Judged] = {}
        self._fresh: set[str] = set()
        self._queue = DeadlineQueue()
        self._due_since: dict[str, int] = {}
        self._policy = guard.policy
        self._version, self._seen = -1, -1
        self._blind_since: int | None = None
        self._looking = asyncio.Lock()
        self._timer: asyncio.TimerHandle | None = None
        self._armed_for: int | None = None
        self._ringing: asyncio.Task[None] | None = None

    def add(self, flow: http.HTTPFlow, judged: Judged) -> None:
        """`flow` has passed and belongs to a session."""
        if judged.session is not None:
            self._judged[flow.id] = judged
            self._exchanges.add(flow, judged.session.id)
            self._fresh.add(judged.session.id)

    def remove(self, flow: http.HTTPFlow) -> None:
        """`flow` is over."""
        if self._judged.pop(flow.id, None) is not None:
            self._exchanges.remove(flow)

    def knows(self, flow: http.HTTPFlow) -> bool:
        """Whether `flow` is open as far as can be told here; not so once its session has ended."""
        return flow.id in self._judged

    def close(self) -> None:
        """The guard stops."""
        self._arm(None, 0)

    def message(self, flow: http.HTTPFlow, from_client: bool) -> Judged | None:
        """Count a WebSocket message as the policy says.

        Returns:
            The message as it was judged; None when its session is over, so it must not pass.
        """
        judged = self._judged.get(flow.id)
        if judged is None:
            return None
        now = self._guard.clock.now()
        said = as_message(judged.arrival.request, from_client)
        session, verdict = self._again(judged, said, now)
        if not verdict.passes:
            return None
        if verdict.activity and session is not None:
            session = touched(session, now)
            self._guard.behind.touch(session)
        return Judged(judged.arrival._replace(request=said, now=now), session, verdict, judged.decision)

    def judge_again(self, judged: Judged) -> tuple[Session | None, Verdict]:
        """The exchange's session as it stands now, and the verdict that its request would get.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        return self._again(judged, judged.arrival.request, self._guard.clock.now())

    async def look(self) -> None:
        """End what has outlived its session.

        Raises:
            LedgerError: the ledger cannot be read or written.
        """
        async with self._looking:
            if not self._judged:
                self._forget()
                return
            try:
                self._guard.check()
                await self._look()
                self._blind_since = None
            except LedgerError:
                await self._end_blindly()
                raise

    def _forget(self) -> None:
        """Nothing is open: what opens next is judged as it comes."""
        self._seen, self._blind_since = -1, None
        self._fresh.clear()
        if self._queue:
            self._queue = DeadlineQueue()
            self._arm(None, 0)

    async def _look(self) -> None:
        now, _, warp = self._guard.clock.read()
        changed = self._changed()
        fresh, self._fresh = self._fresh, set()
        for session in {*fresh, *changed, *self._queue.due(now)}:
            await self._judge(session, now)
        self._arm(None if warp.frozen else self._queue.nearest(), now)

    def _changed(self) -> frozenset[str]:
        """The sessions about which something was committed since the last look; all, under a new policy."""
        reader, version = self._guard.reader, self._guard.reader.version()
        if self._seen < 0:
            self._version, self._seen = version, reader.last_link()
            return self._exchanges.sessions()
        if self._policy is not self._guard.policy:
            self._policy = self._guard.policy
            return self._exchanges.sessions()
        if version == self._version:
            return frozenset()
        self._version, changes = version, reader.changes(self._seen)
        self._seen = changes.last
        return self._exchanges.sessions() if changes.sessions is None else changes.sessions

    async def _judge(self, session_id: str, now: int) -> None:
        """Judge what the session has open; end what is over, and set the deadline for the rest."""
        ends: list[int] = []
        for flow in self._exchanges.flows(session_id):
            judged = self._judged.get(flow.id)
            if judged is None:
                continue  # it came to its own end while another was being ended
            session, verdict = self._again(judged, judged.arrival.request, now)
            if verdict.passes or verdict.kind is Kind.STEP_UP:
                ends += self._deadlines(judged, session, verdict, now)
            elif verdict.end is not None and session is not None and not self._patient(session):
                ends.append(now)
            else:
                await self._end(flow, judged, session, verdict)
        if ends:
            self._queue.put(session_id, min(ends))
        else:
            self._queue.drop(session_id)

    def _patient(self, session: Session) -> bool:
        """Whether another guard has had the time to tell of activity that keeps this session."""
        ticks, key = monotonic_now(), session.id
        if len(self._due_since) > 1000:
            self._due_since = {each: since for each, since in self._due_since.items() if ticks - since < SECOND}
        since = self._due_since.get(key, 0)
        if ticks - since > SECOND:
            self._due_since[key] = since = ticks
        return ticks - since >= PATIENCE or not self._guard.has_company(session.site)

    async def _end(self, flow: http.HTTPFlow, judged: Judged, session: Session | None, verdict: Verdict) -> None:
        if verdict.end is not None and session is not None:
            await self._guard.end(session, verdict.end)
        self.remove(flow)
        if is_coming_in(flow, judged):
            self._held.hold(flow)  # it is judged again, and answered, once its body is in
        else:
            await self._exchanges.end_one(flow, closing_reason(verdict))

    async def _end_blindly(self) -> None:
        """Whether a session has ended cannot be seen; after a while nothing stays open."""
        ticks = monotonic_now()
        if self._blind_since is None:
            self._blind_since = ticks
        elif ticks - self._blind_since >= BLIND_FOR:
            self._judged.clear()
            await self._exchanges.end_all("the guard cannot judge", INTERNAL_ERROR)

    def _deadlines(self, judged: Judged, session: Session | None, verdict: Verdict, now: int) -> list[int]:
        """When the exchange has to be judged again: at the end of each clock, the token's among them."""
        identity = judged.arrival.identity
        closing = closes_at(self._guard.policy.hours, now)
        ends = [] if closing is None else [closing]
        if isinstance(identity, Identity) and identity.token is not None:
            ends.append(identity.token.expires_at + self._guard.policy.session.leeway)
        if verdict.kind is Kind.STEP_UP:
            # The next request is asked for more; what is open already goes on, and its session with it (DESIGN 6.3).
            swept = session and run_out_at(session, self._guard.policy)
            return [*ends, swept.at] if swept else ends
        idle, absolute = verdict.remaining or Remaining(None, None)
        # An active request is told the whole limit, as though it were asked anew; but it is not.
        idle_from = session.last_active_at if verdict.activity and session else now
        return ends + [start + left for start, left in ((idle_from, idle), (now, absolute)) if left is not None]

    def _again(self, judged: Judged, request: RequestView, now: int) -> tuple[Session | None, Verdict]:
        """The exchange's session as it stands now, and the verdict on `request`, had it come now."""
        found = self._guard.find(judged.arrival.identity, now)
        session = found.session if found else None
        return session, decide(judged.arrival.identity, session, self._guard.policy, request, now)

    def _arm(self, nearest: int | None, now: int) -> None:
        """Set the one timer for the nearest deadline; None: there is none, or time stands still."""
        if self._timer is not None and nearest != self._armed_for:
            self._timer.cancel()
            self._timer = None
        if self._timer is None and nearest is not None:
            ahead = min(max((nearest - now) / SECOND, _SOONEST), _LATEST)
            self._timer = asyncio.get_running_loop().call_later(ahead, self._ring)
        self._armed_for = nearest

    def _ring(self) -> None:
        self._timer = None
        self._ringing = asyncio.get_running_loop().create_task(self._rung())

    async def _rung(self) -> None:
        try:
            await self.look()
        except LedgerError:
            return  # told by the look that comes ten times a second


def as_message(request: RequestView, from_client: bool) -> RequestView:
    """A message on the WebSocket that `request` opened, as it is judged: the handshake is passive because of its
    `Upgrade`, what the person sends through it is not."""
    headers = {name: values for name, values in request.headers.items() if name != "upgrade"}
    return request._replace(headers=headers, message="client" if from_client else "server")


def is_coming_in(flow: http.HTTPFlow, judged: Judged) -> bool:
    """Whether the request's body is still on its way to the guard, and nothing of it has gone to the upstream."""
    return judged.arrival.request.has_body and flow.request.timestamp_end is None and not flow.request.stream


def closing_reason(verdict: Verdict) -> str:
    """What the page's script sees: the verdict and its clock, such as `session expired (idle)`."""
    return f"session {verdict.kind}" + (f" ({verdict.clock})" if verdict.clock else "")
