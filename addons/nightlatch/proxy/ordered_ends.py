"""Ends that were ordered for a moment (`nightlatch expire --when`): each is carried out when that moment comes.

The order comes with the session, which is read on every request anyway. Knows no answers.
"""

from collections.abc import Awaitable, Callable, Iterable

from mitmproxy import http

from nightlatch.core.on_purpose import Moment, end_on_purpose, expiry_event, is_download
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.judged import Judged
from nightlatch.proxy.service import Service


async def carry_out(guard: Guard, session: Session, now: int) -> Session:
    """End `session` durably, as was ordered, and return it as it then stands.

    Raises:
        LedgerError: the ledger cannot be written.
    """
    end = end_on_purpose(session, policy_for(guard.policy, session).session, now)
    event = expiry_event(session, end, session.expire_when or str(Moment.NOW), guard.policy.version)
    await guard.write(lambda writer: writer.end(session.id, end, event))
    return guard.reader.session(session.id) or session


async def carry_out_all(guard: Guard, sessions: Iterable[Session], now: int) -> None:
    """The same for several."""
    for session in sessions:
        await carry_out(guard, session, now)


def struck_by_preflight(guard: Guard, arrival: Arrival) -> list[Session]:
    """Sessions that are to end after the preflight that has come. It names none, so the client tells them apart; of one
    that was begun by `nightlatch login` nobody knows the client, so any will do.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    request = arrival.request
    client = (network_of(request.address), agent_family(request.header("user-agent")))
    ordered = guard.reader.ordered(arrival.site, str(Moment.BETWEEN))
    return [session for session in ordered if not session.network or (session.network, session.agent) == client]


def after_head(service: Service, flow: http.HTTPFlow, found: Judged, *, refreshes: bool) -> Awaitable[object] | None:
    """The head of the upstream's answer has arrived: the end, if one was ordered for this moment, is to be awaited.

    Args:
        service: the guard and its companions.
        flow: its answer is broken off in the middle if that was ordered.
        found: what the gate found out about it.
        refreshes: the answer brings a new credential.
    """
    session, response, guard = found.session, flow.response, service.guard
    if session is None or session.expire_when is None or response is None or session.end is not None:
        return None
    length = response.headers.get("content-length")
    if session.expire_when == Moment.MID_DOWNLOAD and is_download(length, response.status_code):
        reason = "session expired (on purpose)"
        response.stream = BreaksOff(int(length) // 2 if length else None, lambda: service.held.cut_soon(flow, reason))
        return carry_out(guard, session, guard.clock.now())
    if session.expire_when == Moment.WHILE_REFRESHING and refreshes:
        return carry_out(guard, session, guard.clock.now())
    return None


def is_broken_off(flow: http.HTTPFlow) -> bool:
    """Whether the answer was broken off; what comes after must not make it look whole."""
    return flow.response is not None and isinstance(flow.response.stream, BreaksOff)


class BreaksOff:
    """Passes the first half of an answer on, or its first piece when nobody knows how long it is; then nothing more."""

    def __init__(self, bytes_left: int | None, then: Callable[[], None]) -> None:
        self._left, self._then, self._done = bytes_left, then, False

    def __call__(self, chunk: bytes) -> bytes:
        """What of `chunk` goes to the client."""
        if self._done or not chunk:
            return b""
        if self._left is None:
            self._left = max(1, len(chunk) // 2)
        passed, self._left = chunk[: self._left], self._left - len(chunk)
        if self._left <= 0:
            self._done = True
            self._then()
        return passed
