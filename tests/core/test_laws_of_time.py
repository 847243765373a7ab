"""Engine and independent reference model, side by side through random lives of a session: laws 1, 3 to 5, 8, 10."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from tests.core.reference_model import ModelSession, Route, as_remembered

from nightlatch.core.decide import decide
from nightlatch.core.identity import Identity
from nightlatch.core.policy import SECOND, Limits, Match, OnExpiry, Policy, Rule
from nightlatch.core.remembering import run_out_at
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session, State, ended, reauthenticated, touched
from nightlatch.core.verdict import Kind, Verdict

T0 = 1_700_000_000
WHO = Identity("nightlatch", b"f", "alice")
DURATIONS = st.one_of(st.none(), st.integers(1, 12))
KEPT = st.dictionaries(st.sampled_from(["idle", "absolute"]), DURATIONS)
"""A `[remember]` table, or none; durations in seconds."""


@st.composite
def routes(draw: st.DrawFn) -> list[Route]:
    """The session rule, then three more, each with values of its own or the session's."""
    base = Route("", draw(DURATIONS), draw(DURATIONS))
    made = [base]
    for name in ("a", "b", "c"):
        own = draw(st.booleans())
        absolute = draw(DURATIONS) if own else base.absolute
        own_idle = draw(st.booleans())
        idle = draw(DURATIONS) if own_idle else base.idle
        made.append(Route(name, idle, absolute, own, draw(st.booleans()), draw(st.booleans()), own_idle))
    return made


def as_policy(all_routes: list[Route]) -> Policy:
    def limits(route: Route) -> Limits:
        idle, absolute = (None if value is None else value * SECOND for value in (route.idle, route.absolute))
        return Limits(idle, absolute)

    rules = [
        Rule(
            route.name,
            Match(path=(f"/{route.name}",)),
            limits(route),
            on_expiry=OnExpiry.REAUTHENTICATE if route.reauthenticate else OnExpiry.END,
            passive=route.passive,
            own_absolute=route.own_absolute,
            own_idle=route.own_idle,
        )
        for route in all_routes[1:]
    ]
    return Policy("p", repr(all_routes), session=limits(all_routes[0]), rules=tuple(rules))


class Lives(RuleBasedStateMachine):
    """One session under a random policy: time passes, requests come, a sweeper sweeps, someone revokes."""

    @initialize(made=routes(), kept=KEPT, remembered=st.booleans())
    def log_in(self, made: list[Route], kept: dict[str, int | None], remembered: bool) -> None:
        self.now = T0
        in_force = {key: None if limit is None else limit * SECOND for key, limit in kept.items()}
        self.policy = as_policy(made)._replace(remember=in_force)
        self.routes = as_remembered(made, kept) if remembered else made
        start = T0 * SECOND
        self.session = Session("s", "http://app", "alice", "nightlatch", start, start, start, start)
        self.session = self.session._replace(remembered=remembered)
        self.model = ModelSession(T0, acts=[T0])
        self.ever_ended = False

    @rule(seconds=st.integers(0, 6))
    def time_passes(self, seconds: int) -> None:
        self.now += seconds

    @rule(which=st.integers(0, 3), idle=st.booleans(), before=st.integers(0, 1))
    def a_deadline_comes(self, which: int, idle: bool, before: int) -> None:
        route = self.routes[which]
        limit = route.idle if idle else route.absolute
        start = self.model.acts[-1] if idle else self.model.authenticated_at
        if limit is not None:
            self.now = max(self.now, start + limit - before)

    @rule(which=st.integers(0, 3))
    def request(self, which: int) -> None:
        route = self.routes[which]
        verdict = self._decide(route)
        self._compare(verdict, route)
        if verdict.end is not None:
            self._end(verdict.end)
        elif verdict.activity:
            self.session = touched(self.session, self.now * SECOND)
            self.model.acts.append(self.now)

    @rule()
    def sweep(self) -> None:
        if self.session.end is not None:
            return
        end = run_out_at(self.session, self.policy)
        outlived = self.model.outlived(self.routes, self.now)
        assert (end is not None and end.at <= self.now * SECOND) == (outlived is not None)
        if end is not None and outlived is not None:
            assert end.at == outlived * SECOND
            self._end(end)

    @precondition(lambda self: self.session.end is None and self.model.outlived(self.routes, self.now) is None)
    @rule()
    def authenticate_again(self) -> None:
        self.session = reauthenticated(self.session, self.now * SECOND)
        self.model.reauthenticated_at = self.now
        self.model.acts.append(self.now)

    @rule()
    def revoke(self) -> None:
        if self.session.end is None and self.model.outlived(self.routes, self.now) is None:
            self._end(End(self.now * SECOND, "admin"))

    @rule(earlier=st.integers(1, 30))
    def a_late_touch_arrives(self, earlier: int) -> None:
        before = self.session
        self.session = touched(self.session, self.session.last_active_at - earlier * SECOND)
        assert self.session == before

    @invariant()
    def an_end_is_for_ever(self) -> None:
        if self.ever_ended:
            assert self.session.state is not State.ACTIVE
            assert all(not self._decide(route).passes for route in self.routes)

    def _decide(self, route: Route) -> Verdict:
        request = RequestView("GET", "localhost", f"/{route.name}", "", {}, "127.0.0.1")
        return decide(WHO, self.session, self.policy, request, self.now * SECOND)

    def _end(self, end: End) -> None:
        self.session = ended(self.session, end)
        self.model.ended_at = end.at // SECOND
        self.model.end_reason = end.reason
        if end.clock is not None and end.limit is not None and end.from_at is not None:
            self.model.ended_by = (end.clock, end.limit // SECOND, end.rule or "", end.from_at // SECOND)
        self.ever_ended = True

    def _compare(self, verdict: Verdict, route: Route) -> None:
        dead = self.model.dead_clocks(route, self.now)
        if self.model.end_reason not in (None, "expired"):
            assert verdict.kind is Kind.REFUSED
        elif dead:
            self._compare_clock(verdict, dead[0])
            over = self.model.ended_at is not None or self.model.outlived(self.routes, self.now) is not None
            asked_again = route.reauthenticate and not over
            assert verdict.kind is (Kind.STEP_UP if asked_again else Kind.EXPIRED)
        elif self.model.ended_by is not None:
            assert verdict.kind is Kind.EXPIRED
            assert (verdict.clock, verdict.limit) == (self.model.ended_by[0], self.model.ended_by[1] * SECOND)
            assert (verdict.rule or "") == self.model.ended_by[2]
        else:
            assert verdict.kind is Kind.ALLOW
            assert verdict.activity is not route.passive

    def _compare_clock(self, verdict: Verdict, first: tuple[int, int, str, int, int, int]) -> None:
        _, _, clock, limit, elapsed, _ = first
        assert verdict.clock == clock
        assert verdict.limit == limit * SECOND
        assert verdict.elapsed == elapsed * SECOND


TestLives = Lives.TestCase
TestLives.settings = settings(max_examples=200, stateful_step_count=25, deadline=None)
