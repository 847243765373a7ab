"""Which routes a capture has, and what each looks like: a person, polling, a token refresh, a stream or a preflight.

Guesses, from rhythm and shape alone; they inform, and decide nothing but what `kept_alive_by_polling` is about.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from statistics import median
from typing import NamedTuple

from nightlatch.core.activity import is_preflight
from nightlatch.core.identity import Identity, Presented
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.core.request import RequestView
from nightlatch.replay.exchange import Exchange

LEAST_REPEATS = 5
"""So many requests of a session to a route have to follow each other steadily to look like polling."""

_SLOWEST = 15 * MINUTE
_FASTEST = SECOND // 2
_REFRESH = re.compile(
    r"(?i).*/((oauth2?|auth|connect)/token|(token|session|auth|jwt)s?/?refresh\w*|refresh([_-]?tokens?)?)/?"
)


class Route(NamedTuple):
    """`GET /api/poll`, and what is known of it before anything is judged."""

    route: str
    requests: int
    looks_like: str


class Routes:
    """The routes of one timeline."""

    def __init__(self, exchanges: Sequence[Exchange], presented: Callable[[Exchange], Presented]) -> None:
        self._names: dict[int, str] = {}
        found = _Survey()
        for exchange in exchanges:
            name = self._names.get(id(exchange.request))
            if name is None:
                name = self._names[id(exchange.request)] = route_of(exchange.request)
            found.add(name, exchange, presented(exchange))
        self.routes = tuple(found.routes())
        """Those with the most requests first."""
        self._polling = frozenset(route.route for route in self.routes if route.looks_like == "poll")

    @property
    def polling(self) -> bool:
        """Whether anything looks like polling."""
        return bool(self._polling)

    def name(self, request: RequestView) -> str:
        """The route of a request of the timeline."""
        return self._names[id(request)]

    def polls(self, request: RequestView) -> bool:
        """Whether `request` is of a route that looks like polling."""
        return self._names[id(request)] in self._polling


class _Survey:
    """What was seen of each route so far."""

    def __init__(self) -> None:
        self._requests: dict[str, int] = {}
        self._shape: dict[str, str] = {}
        self._times: dict[str, dict[bytes, list[int]]] = {}

    def add(self, name: str, exchange: Exchange, presented: Presented) -> None:
        count = self._requests.get(name, 0)
        self._requests[name] = count + 1
        if not count or (exchange.streamed and not self._shape[name]):
            self._shape[name] = _shape(exchange)
        who = presented.fingerprint if isinstance(presented, Identity) else b""
        self._times.setdefault(name, {}).setdefault(who, []).append(exchange.at)

    def routes(self) -> Iterable[Route]:
        for name, requests in sorted(self._requests.items(), key=lambda item: (-item[1], item[0])):
            steady = any(is_steady(times) for times in self._times[name].values())
            yield Route(name, requests, self._shape[name] or ("poll" if steady else "person"))


def route_of(request: RequestView) -> str:
    """The method and the path."""
    return f"{request.method} {request.path}"


def is_steady(times: Sequence[int]) -> bool:
    """Whether requests at `times` (microseconds, ascending) come as a clock sends them: at least five, four of five
    gaps within a quarter of the usual one, which is neither a burst nor longer than a quarter of an hour."""
    if len(times) < LEAST_REPEATS:
        return False
    gaps = [after - before for before, after in pairwise(times)]
    usual = median(gaps)
    if not _FASTEST <= usual <= _SLOWEST:
        return False
    near = sum(abs(gap - usual) <= usual / 4 for gap in gaps)
    return near * 5 >= len(gaps) * 4


def _shape(exchange: Exchange) -> str:
    """What a single request of the route tells; empty where only the rhythm can."""
    request = exchange.request
    if is_preflight(request):
        return "preflight"
    if exchange.streamed or "upgrade" in request.headers or "text/event-stream" in request.header("accept"):
        return "stream"
    if request.method == "POST" and _REFRESH.fullmatch(request.path):
        return "refresh"
    return ""
