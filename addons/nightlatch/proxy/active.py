"""Active exchanges that are still running: while one runs, its person is not absent (DESIGN law 4).

Kept in memory and laid over what the ledger returns, exact to the microsecond; what the ledger is told meanwhile can
only be earlier, so a crash ends a session early, never late. Knows neither mitmproxy nor the ledger.
"""

from typing import NamedTuple

from nightlatch.core.activity import credit
from nightlatch.core.session import Session, covered


class Exchange(NamedTuple):
    """An active request that has not ended; `idle` is the limit that applied to it, microseconds."""

    session: str
    start: int
    idle: int | None


class ActiveExchanges:
    """The running active exchanges, by flow id and by session."""

    def __init__(self) -> None:
        self._by_flow: dict[str, Exchange] = {}
        self._by_session: dict[str, set[str]] = {}

    def begin(self, flow_id: str, exchange: Exchange) -> None:
        """An active request has started."""
        self._by_flow[flow_id] = exchange
        self._by_session.setdefault(exchange.session, set()).add(flow_id)

    def finish(self, flow_id: str) -> Exchange | None:
        """The exchange is over, or gets no credit (an event stream); None when it was not active."""
        exchange = self._by_flow.pop(flow_id, None)
        if exchange is not None:
            flows = self._by_session[exchange.session]
            flows.discard(flow_id)
            if not flows:
                del self._by_session[exchange.session]
        return exchange

    def cover(self, session: Session, now: int) -> Session:
        """`session` as the exchanges that run at `now` leave it. Safe from any thread: it works on a copy."""
        flows = self._by_session.get(session.id)
        for flow_id in tuple(flows) if flows else ():
            exchange = self._by_flow.get(flow_id)
            if exchange is not None:
                session = credited(session, exchange, now)
        return session

    def since(self, before: int) -> dict[str, Exchange]:
        """The running exchanges that started before `before`, by flow id."""
        return {key: exchange for key, exchange in self._by_flow.items() if exchange.start < before}

    def sessions(self) -> frozenset[str]:
        """The sessions that have an active exchange running."""
        return frozenset(self._by_session)


def credited(session: Session, exchange: Exchange, now: int) -> Session:
    """`session` with the activity of an exchange that has run until `now`."""
    until = credit(exchange.start, now - exchange.start, exchange.idle)
    return session if until is None or session.end is not None else covered(session, exchange.start, until)
