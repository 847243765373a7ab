"""A whole replay: captures and policies in, the document of `nightlatch.replay/1` out.

The order of things: one timeline, one way to read credentials, the routes, then each policy over the same timeline.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, TypedDict, Unpack

from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import DAY, Policy
from nightlatch.replay.caveats import Caveat, caveats
from nightlatch.replay.figures import Figures, Told
from nightlatch.replay.lifetimes import users
from nightlatch.replay.observations import Observations, credential_of
from nightlatch.replay.presented import Presenter
from nightlatch.replay.routes import Route, Routes
from nightlatch.replay.session_key import SessionKey
from nightlatch.replay.simulate import Judged, Simulation
from nightlatch.replay.timeline import Timeline

SCHEMA = "nightlatch.replay/1"

Document = dict[str, object]
Sink = Callable[[Judged, Policy], None]


class How(TypedDict, total=False):
    """How captures are replayed."""

    relogin: bool
    """The person logs in again after an expiry (the default)."""
    sink: Sink | None
    """Gets every decision as it is made."""
    observe: bool
    """Keep what a report tells besides the figures."""


def wanted_headers(policies: Sequence[Policy], key: SessionKey | None) -> frozenset[str]:
    """The header fields that readers have to keep for these policies and this session key."""
    passive = {entry.header for policy in policies for entry in policy.activity.passive if entry.header}
    if key is None:
        return frozenset(passive)
    return frozenset(passive | {"header": {key.name}, "address": {"user-agent"}}.get(key.kind, set()))


class Outcome(NamedTuple):
    """What one policy came to."""

    simulation: Simulation
    figures: Figures
    told: Told
    observed: Observations | None
    """What a report tells besides; None when nobody asked."""

    @property
    def policy(self) -> Policy:
        """The policy that judged."""
        return self.simulation.policy

    @property
    def user_days(self) -> int:
        """On how many days (UTC) somebody was there, summed over the people; 0 where nobody observed."""
        return 0 if self.observed is None else self.observed.user_days(users(self.simulation))

    @property
    def people(self) -> int:
        """How many people there were: subjects where they are known, else credentials."""
        known = users(self.simulation)
        return len({known.get(each, each) for each in map(credential_of, (t.label for t in self.simulation.sessions))})


class Replayed(NamedTuple):
    """A whole replay, with all that a report may want to know."""

    timeline: Timeline
    routes: Routes
    outcomes: tuple[Outcome, ...]
    """One a policy, in the order in which they were given."""
    presented: Presenter
    relogin: bool

    @property
    def days(self) -> int:
        """How many days (UTC) the timeline touches."""
        return self.timeline.ends // DAY - self.timeline.begins // DAY + 1

    def activity(self) -> Iterator[tuple[Route, int]]:
        """Every route, and how many of its requests counted as activity under the first policy."""
        requests, figures = self.routes.requests_of(), self.outcomes[0].figures
        return ((route, figures.activity(requests[route.route])) for route in self.routes.routes)

    def caveats(self) -> tuple[Caveat, ...]:
        """What has to be known of the figures."""
        return caveats(self.timeline, [outcome.policy for outcome in self.outcomes], self.presented)

    def document(self) -> Document:
        """`nightlatch.replay/1`."""
        timeline = self.timeline
        return {
            "schema": SCHEMA,
            "capture": {
                "files": list(timeline.files),
                "requests": len(timeline.exchanges),
                "skipped": [{"at": skip.at, "why": skip.why} for skip in timeline.skipped],
                "from": rfc3339(timeline.begins) if timeline.exchanges else "",
                "to": rfc3339(timeline.ends) if timeline.exchanges else "",
            },
            "policies": [outcome.told.document() for outcome in self.outcomes],
            "routes": [_route(route, active) for route, active in self.activity()],
        }


def replay(timeline: Timeline, policies: Sequence[Policy], key: SessionKey, **how: Unpack[How]) -> Document:
    """What each policy would have done to `timeline`, as a document; takes what `run` takes."""
    return run(timeline, policies, key, **how).document()


def run(timeline: Timeline, policies: Sequence[Policy], key: SessionKey, **how: Unpack[How]) -> Replayed:
    """What each policy would have done to `timeline`.

    Args:
        timeline: what is judged, in order of time.
        policies: the first one's activity is what `routes` tells.
        key: by what sessions are told apart; recordings of the guard tell themselves.
        how: see `How`.
    """
    presented = Presenter(key)
    routes = Routes(timeline.exchanges, presented)
    outcomes = tuple(_judge(timeline, policy, presented, routes, how) for policy in policies)
    return Replayed(timeline, routes, outcomes, presented, how.get("relogin", True))


def _judge(timeline: Timeline, policy: Policy, presented: Presenter, routes: Routes, how: How) -> Outcome:
    polls = routes.polls if routes.polling else None
    simulation = Simulation(policy, presented, relogin=how.get("relogin", True), polls=polls)
    figures, sink = Figures(), how.get("sink")
    observed = Observations(simulation, routes) if how.get("observe") else None
    for judged in simulation.run(timeline.exchanges):
        figures.add(judged)
        if observed is not None:
            observed.add(judged)
        if sink is not None:
            sink(judged, policy)
    return Outcome(simulation, figures, figures.told(simulation, timeline.ends), observed)


def _route(route: Route, active: int) -> Document:
    return {
        "route": route.route,
        "requests": route.requests,
        "activity": active,
        "passive": route.requests - active,
        "looks_like": str(route.looks_like),
    }
