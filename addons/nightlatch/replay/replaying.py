"""A whole replay: captures and policies in, the document of `nightlatch.replay/1` out.

The order of things: one timeline, one way to read credentials, the routes, then each policy over the same timeline.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence

from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import Policy
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.figures import Figures
from nightlatch.replay.presented import Presenter
from nightlatch.replay.routes import Routes
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.simulate import Judged, Simulation
from nightlatch.replay.timeline import Timeline

SCHEMA = "nightlatch.replay/1"

Document = dict[str, object]
Sink = Callable[[Judged, Policy], None]


def wanted_headers(policies: Sequence[Policy], key: SessionKey | None) -> frozenset[str]:
    """The header fields that readers have to keep for these policies and this session key."""
    passive = {entry.header for policy in policies for entry in policy.activity.passive if entry.header}
    return frozenset(passive | ({key.name} if key is not None and key.kind == "header" else set()))


def replay(
    timeline: Timeline, policies: Sequence[Policy], key: SessionKey, *, relogin: bool = True, sink: Sink | None = None
) -> Document:
    """What each policy would have done to `timeline`.

    Args:
        timeline: what is judged, in order of time.
        policies: the first one's activity is what `routes` tells.
        key: by what sessions are told apart; recordings of the guard tell themselves.
        relogin: the person logs in again after an expiry.
        sink: gets every decision as it is made.
    """
    presented = Presenter(key)
    routes = Routes(timeline.exchanges, presented)
    judged = [_judge(timeline, policy, presented, routes, relogin, sink) for policy in policies]
    return {
        "schema": SCHEMA,
        "capture": {
            "files": list(timeline.files),
            "requests": len(timeline.exchanges),
            "skipped": [{"at": skip.at, "why": skip.why} for skip in timeline.skipped],
            "from": rfc3339(timeline.begins) if timeline.exchanges else "",
            "to": rfc3339(timeline.ends) if timeline.exchanges else "",
        },
        "policies": [document for document, _ in judged],
        "routes": _routes(routes, timeline.exchanges, judged[0][1]),
    }


def _judge(
    timeline: Timeline, policy: Policy, presented: Presenter, routes: Routes, relogin: bool, sink: Sink | None
) -> tuple[Document, Figures]:
    simulation = Simulation(policy, presented, relogin=relogin, polls=routes.polls if routes.polling else None)
    figures = Figures()
    for judged in simulation.run(timeline.exchanges):
        figures.add(judged)
        if sink is not None:
            sink(judged, policy)
    return figures.document(simulation, timeline.ends), figures


def _routes(routes: Routes, exchanges: Sequence[Exchange], figures: Figures) -> list[Document]:
    views: dict[str, set[int]] = defaultdict(set)
    for exchange in exchanges:
        views[routes.name(exchange.request)].add(id(exchange.request))
    return [
        _route(route.route, route.requests, figures.activity(views[route.route]), route.looks_like)
        for route in routes.routes
    ]


def _route(name: str, requests: int, activity: int, looks_like: str) -> Document:
    return {
        "route": name,
        "requests": requests,
        "activity": activity,
        "passive": requests - activity,
        "looks_like": looks_like,
    }
