"""Some of a log's sessions, whole, and as many as can be looked at one request at a time: what tells which routes only
a timer asks for."""

from collections import Counter
from collections.abc import Sequence

import numpy as np

from nightlatch.core.identity import Identity, Presented
from nightlatch.core.request import RequestView
from nightlatch.replay.attribution import LooksLike, looks_like, shape
from nightlatch.replay.bulk.events import Events
from nightlatch.replay.bulk.whole import joined
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.routes import Routes, route_of

MOST = 200_000


class Sample:
    """Every session of a log that is small, else those whose hash is a multiple of a growing power of two."""

    def __init__(self, most: int = MOST) -> None:
        self._most, self._kept = most, list[Events]()
        self._every = 1

    def add(self, events: Events) -> None:
        """Look at the next batch."""
        self._kept.append(self._thinned(events))
        while sum(len(each.at) for each in self._kept) > self._most:
            self._every *= 2
            self._kept = [self._thinned(each) for each in self._kept]

    def _thinned(self, events: Events) -> Events:
        # The high bits: the low ones divide a log into parts.
        return (
            events if self._every == 1 else events.take((events.session >> np.uint64(24)) % np.uint64(self._every) == 0)
        )

    def looks(self, lines: Sequence[RequestView]) -> dict[str, LooksLike]:
        """What the routes of the sample look like."""
        events = joined(self._kept)
        order = np.argsort(events.at, kind="stable")
        views: dict[tuple[int, int], RequestView] = {}
        who: dict[int, Presented] = {}
        exchanges = []
        columns = (events.session, events.at, events.line)
        for session, at, line in zip(*(column[order].tolist() for column in columns), strict=True):
            view = views.get((session, line))
            if view is None:
                view = views[session, line] = lines[line]._replace()
                who[id(view)] = Identity("column", session.to_bytes(8, "big"))
            exchanges.append(Exchange(0, "", at, 0, view, "", 0))
        routes = Routes(exchanges, lambda exchange: who[id(exchange.request)])
        return {route.route: route.looks_like for route in routes.routes}


def looks_of(line: RequestView, looks: dict[str, LooksLike]) -> LooksLike:
    """What `line` looks like; where the sample has none of it, by itself alone."""
    known = looks.get(route_of(line))
    if known is not None:
        return known
    kind = shape(line, False)
    return looks_like(line.method, line.path, Counter() if kind is None else Counter((kind,)), 1, None)
