"""Which routes a timeline has, how often each is asked, and what each looks like (how that is told: `attribution`)."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

from nightlatch.core.identity import Identity, Presented
from nightlatch.core.request import RequestView
from nightlatch.replay.attribution import MACHINES, UNATTENDED, LooksLike, looks_like, shape
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.rhythm import common_rhythm

_NUMBER = re.compile(r"\d+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|(?=.*\d)[0-9a-zA-Z_-]{20,}", re.ASCII)


class Route(NamedTuple):
    """`GET /api/poll`, and what is known of it before anything is judged."""

    route: str
    requests: int
    looks_like: LooksLike
    every: int | None = None
    """The gap at which a timer asks for it, microseconds; None where none does."""


class _Sighting:
    """The requests of one session that are all the same."""

    __slots__ = ("request", "streamed", "times", "who")

    def __init__(self, request: RequestView, who: bytes) -> None:
        self.request, self.who = request, who
        self.times: list[int] = []
        self.streamed = 0


class Routes:
    """The routes of one timeline."""

    def __init__(self, exchanges: Sequence[Exchange], presented: Callable[[Exchange], Presented]) -> None:
        self._names: dict[int, str] = {}
        sightings = _sightings(exchanges, presented)
        for sighting in sightings:
            self._names[id(sighting.request)] = route_of(sighting.request)
        self.routes = tuple(sorted(_routes(sightings), key=lambda route: (-route.requests, route.route)))
        """Those with the most requests first."""
        self._machines = frozenset(route.route for route in self.routes if route.looks_like in MACHINES)
        self._unattended = frozenset(route.route for route in self.routes if route.looks_like in UNATTENDED)

    @property
    def polling(self) -> bool:
        """Whether anything looks like polling."""
        return bool(self._machines)

    def name(self, request: RequestView) -> str:
        """The route of a request of the timeline."""
        return self._names[id(request)]

    def requests_of(self) -> Mapping[str, list[int]]:
        """The ids of the distinct requests of each route."""
        found: dict[str, list[int]] = defaultdict(list)
        for request, name in self._names.items():
            found[name].append(request)
        return found

    def polls(self, request: RequestView) -> bool:
        """Whether `request` is of a route that a timer asks for."""
        return self._names[id(request)] in self._machines

    def unattended(self, request: RequestView) -> bool:
        """Whether `request` is of a route that is asked for without a person: by a timer, or to renew a token."""
        return self._names[id(request)] in self._unattended


def route_of(request: RequestView) -> str:
    """The method and the path."""
    return f"{request.method} {request.path}"


@lru_cache(maxsize=4096)
def family(path: str) -> str:
    """`path` with `*` for every segment that is a number or an identifier: routes that differ in nothing else have
    one rhythm."""
    return "/".join("*" if _NUMBER.fullmatch(segment) else segment for segment in path.split("/"))


def _sightings(exchanges: Sequence[Exchange], presented: Callable[[Exchange], Presented]) -> list[_Sighting]:
    """What was asked, by whom and when; asks who each distinct request says it is, in order of time."""
    found: dict[int | tuple[int, bytes], _Sighting] = {}
    for exchange in exchanges:
        request = exchange.request
        key = id(request) if exchange.recorded is None else (id(request), _who(presented(exchange)))
        sighting = found.get(key)
        if sighting is None:
            sighting = found[key] = _Sighting(request, _who(presented(exchange)))
        sighting.times.append(exchange.at)
        if exchange.streamed:
            sighting.streamed += 1
    return list(found.values())


def _who(presented: Presented) -> bytes:
    return presented.fingerprint if isinstance(presented, Identity) else b""


def _routes(sightings: list[_Sighting]) -> Iterator[Route]:
    routes: dict[tuple[str, str], list[_Sighting]] = defaultdict(list)
    families: dict[tuple[str, str], dict[bytes, list[int]]] = defaultdict(lambda: defaultdict(list))
    for sighting in sightings:
        method, path = sighting.request.method, sighting.request.path
        routes[method, path].append(sighting)
        families[method, family(path)][sighting.who] += sighting.times
    every = {key: common_rhythm([sorted(times) for times in who.values()]) for key, who in families.items()}
    for (method, path), seen in routes.items():
        requests, gap = sum(len(sighting.times) for sighting in seen), every[method, family(path)]
        kind = looks_like(method, path, _shapes(seen), requests, gap)
        yield Route(f"{method} {path}", requests, kind, gap)


def _shapes(sightings: list[_Sighting]) -> Counter[LooksLike]:
    shapes: Counter[LooksLike] = Counter()
    for sighting in sightings:
        for streamed, count in ((True, sighting.streamed), (False, len(sighting.times) - sighting.streamed)):
            kind = shape(sighting.request, streamed) if count else None
            if kind is not None:
                shapes[kind] += count
    return shapes
