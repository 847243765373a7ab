"""What a report tells of a policy besides its figures: by rule and route, what was cut and lost, who was there when.

Costs a few microseconds a request, so it is kept only for who asks.
"""

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.core.policy import DAY
from nightlatch.core.verdict import Kind, Verdict
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.routes import Routes
from nightlatch.replay.simulate import Judged, Simulation

READS = frozenset(("GET", "HEAD", "OPTIONS"))
"""Methods of requests that change nothing (RFC 9110 section 9.2.1); the others are writes."""

ACTIVE, MACHINE = 1, 2
"""What a mark says of its request: it counts as activity (or would have), and a timer sends it."""


class Tally:
    """The requests of one rule or one route."""

    __slots__ = ("lost_writes", "relogins", "verdicts")

    def __init__(self) -> None:
        self.verdicts: Counter[Kind] = Counter()
        self.relogins = self.lost_writes = 0


class Refusal(NamedTuple):
    """A request that met an ended session. Durations in microseconds; `clock`, `limit`, `elapsed`, `rule` as in its
    verdict."""

    exchange: Exchange
    session: str
    route: str
    verdict: Verdict
    by_person: bool
    """Whether the request would have counted as activity, and no timer sends it."""
    form: int | None = None
    """For a lost write: how long ago that person had last opened a page; None when that was never seen."""


class Observations:
    """Fed with every decision of one policy, in order of time."""

    def __init__(self, simulation: Simulation, routes: Routes) -> None:
        self._simulation, self._names = simulation, routes
        self.decided: list[tuple[Kind, str | None]] = []
        """The verdict of every request, and the name of its session."""
        self.rules: dict[str | None, Tally] = {}
        self.routes: dict[str, Tally] = {}
        self.cuts: dict[str, Refusal] = {}
        """The first request of each session that met its end."""
        self.refused: list[tuple[int, Refusal]] = []
        """Every request that met an ended session, after its place in `decided`."""
        self.lost_writes: list[Refusal] = []
        self.marks: dict[str, array[int]] = {}
        """Of each credential its requests in order of time: the instant times four, and `ACTIVE` and `MACHINE`."""
        self._days: set[tuple[str, int]] = set()
        self._opened: dict[str, int] = {}
        self._sessions = 0

    def add(self, judged: Judged) -> None:
        """Keep what there is to tell of one request."""
        exchange, verdict, session = judged
        kind, request = verdict.kind, exchange.request
        route = self._names.name(request)
        self.decided.append((kind, session))
        tallies = self._tally(self.rules, verdict.rule), self._tally(self.routes, route)
        for tally in tallies:
            tally.verdicts[kind] += 1
        if session is None or kind is Kind.PUBLIC:
            return
        active = verdict.activity
        if kind is Kind.EXPIRED:
            active = self._simulation.counts(request)
            by_person = active and not self._names.unattended(request)
            self._refused(Refusal(exchange, session, route, verdict, by_person), tallies)
        self._seen(credential_of(session), exchange, active)

    @staticmethod
    def _tally(tallies: dict[str | None, Tally] | dict[str, Tally], name: str | None) -> Tally:
        tally = tallies.get(name)  # type: ignore[arg-type] # routes always have a name
        if tally is None:
            tally = tallies[name] = Tally()  # type: ignore[index] # the same
        return tally

    def _refused(self, refusal: Refusal, tallies: tuple[Tally, Tally]) -> None:
        self.refused.append((len(self.decided) - 1, refusal))
        self.cuts.setdefault(refusal.session, refusal)
        again = self._came_back()
        lost = refusal.exchange.request.method not in READS
        for tally in tallies:
            tally.relogins += again
            tally.lost_writes += lost
        if lost:
            opened = self._opened.get(credential_of(refusal.session))
            form = refusal.exchange.at - opened if opened is not None and refusal.by_person else None
            self.lost_writes.append(refusal._replace(form=form))

    def _came_back(self) -> bool:
        """Whether the latest session began just now, by a login after an expiry."""
        sessions = self._simulation.sessions
        known, self._sessions = self._sessions, len(sessions)
        return len(sessions) > known and sessions[-1].generation > 1

    def _seen(self, credential: str, exchange: Exchange, active: bool) -> None:
        machine = self._names.polls(exchange.request)
        marks = self.marks.get(credential)
        if marks is None:
            marks = self.marks[credential] = array("q")
        marks.append(exchange.at * 4 + ACTIVE * active + MACHINE * machine)
        if active:
            self._days.add((credential, exchange.at // DAY))
            if not machine and exchange.request.method in READS:
                self._opened[credential] = exchange.at

    def user_days(self, users: Mapping[str, str]) -> int:
        """On how many days (UTC) somebody was there, summed over the people.

        Args:
            users: whose each credential is, where it is known.
        """
        return len({(users.get(credential, credential), day) for credential, day in self._days})


def credential_of(session: str) -> str:
    """What all sessions of one credential have in common in their names."""
    return session.partition("#")[0]


def lost_by_people(observed: Observations | None) -> int:
    """How many writes were lost that no timer sent; 0 where nobody observed."""
    return 0 if observed is None else sum(write.by_person for write in observed.lost_writes)
