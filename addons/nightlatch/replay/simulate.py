"""The replay itself: what a policy would have done to a timeline, on the same engine as the guard.

    Exchange -presented-> Identity -track-> Session -decide-> Verdict -follow-> the session afterwards

A session is a credential value. From its deadline on its requests are `expired`; with relogin the first active one of
them is taken for the person logging in again at once: it is itself still expired, and a new session starts at its time.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

from nightlatch.core.deadlines import token_clock
from nightlatch.core.decide import decide
from nightlatch.core.identity import Identity, Presented, TokenTimes
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.remembering import run_out_at
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import CROSS_SITE, PASSES, Clock, Kind, Verdict
from nightlatch.replay.exchange import Exchange, Recorded
from nightlatch.replay.outlook import Outlook, Outlooks
from nightlatch.replay.presented import NOBODY, label
from nightlatch.replay.track import Track


class Judged(NamedTuple):
    """One request under one policy. `session` is what its session is called; None without a credential."""

    exchange: Exchange
    verdict: Verdict
    session: str | None


class Simulation:
    """One policy over one timeline.

    Args:
        policy: what judges.
        presented: who each exchange says it is.
        relogin: the person logs in again after an expiry; else the credential stays expired.
        polls: whether a request looks like polling; to find out which sessions only polling kept alive.
    """

    def __init__(
        self,
        policy: Policy,
        presented: Callable[[Exchange], Presented],
        *,
        relogin: bool = True,
        polls: Callable[[RequestView], bool] | None = None,
    ) -> None:
        self.policy = policy
        self.sessions: list[Track] = []
        """Every session in the order in which they started, generations counted."""
        self.kept_alive: list[Track] = []
        """Sessions that idle would have ended, had polling not counted as activity."""
        self._presented, self._relogin, self._polls = presented, relogin, polls
        self._outlooks = Outlooks(policy)
        self._tracks: dict[bytes, Track] = {}

    def run(self, exchanges: Iterable[Exchange]) -> Iterator[Judged]:
        """Judge `exchanges`, which are in order of time, one by one."""
        presented, outlooks, tracks = self._presented, self._outlooks, self._tracks
        for exchange in exchanges:
            identity, outlook = presented(exchange), outlooks(exchange.request)
            if not isinstance(identity, Identity):
                yield Judged(exchange, self._without_session(exchange, identity), None)
                continue
            track, now, limits = tracks.get(identity.fingerprint), exchange.at, outlook.limits
            if track is None:
                yield self._first(exchange, identity, outlook)
                continue
            track.settle(now)
            if limits is None or exchange.recorded is not None or not _runs(track, identity, limits, now):
                yield self._settled(exchange, identity, track, outlook)
                continue
            # The short way, for nearly all: the one rule asks for running clocks only, and they run.
            if outlook.active:
                track.act(now, _credited(exchange), limits.idle)
            if track.shadow is not None:
                self._follow_shadow(track, exchange, identity, outlook.verdict, limits)
            yield Judged(exchange, outlook.verdict, track.label)

    def counts(self, request: RequestView) -> bool:
        """Whether `request` counts as activity where it passes."""
        return self._outlooks(request).active

    def _without_session(self, exchange: Exchange, identity: Presented) -> Verdict:
        recorded = exchange.recorded
        if recorded is not None and recorded.reason == CROSS_SITE:
            return Verdict(Kind.DENIED, CROSS_SITE)  # refused whatever the policy says
        return decide(identity, None, self.policy, exchange.request, exchange.at)

    def _first(self, exchange: Exchange, identity: Identity, outlook: Outlook) -> Judged:
        """The first request of a credential starts its session, unless it is public or cannot be judged."""
        if identity.fingerprint == NOBODY:
            return Judged(exchange, self._nobody(exchange, identity), None)
        track = Track(_first_session(exchange, identity), label(identity))
        verdict = decide(identity, track.session(), self.policy, exchange.request, exchange.at)
        if verdict.kind in (Kind.PUBLIC, Kind.INVALID):
            return Judged(exchange, verdict, track.label)
        self._start(identity, track)
        return self._settled(exchange, identity, track, outlook)

    def _nobody(self, exchange: Exchange, identity: Identity) -> Verdict:
        """A credential that was too old to become a session: its token's times, or when its person authenticated."""
        session, recorded = None, exchange.recorded
        if identity.token is None and recorded is not None and recorded.elapsed is not None:
            since = exchange.at - recorded.elapsed
            session = _first_session(exchange, identity)._replace(authenticated_at=since)
        return decide(identity, session, self.policy, exchange.request, exchange.at)

    def _start(self, identity: Identity, track: Track) -> None:
        if self._polls is not None:
            track.shadow = track.copy()
        self._tracks[identity.fingerprint] = track
        self.sessions.append(track)

    def _settled(self, exchange: Exchange, identity: Identity, track: Track, outlook: Outlook) -> Judged:
        now = exchange.at
        if exchange.recorded is not None:
            self._take_over(track, exchange.recorded, now)
        asking = identity
        if identity.token is not None:
            asking = _renewed(identity, identity.token, track)
            _remember(track, asking, self.policy.session)
        verdict = decide(asking, track.session(), self.policy, exchange.request, now)
        if verdict.end is not None:
            track.over(verdict.end)
        idle = verdict.remaining.idle if verdict.remaining is not None else None
        if verdict.activity:
            track.act(now, _credited(exchange), idle)
        if track.shadow is not None:
            self._follow_shadow(track, exchange, asking, verdict, outlook.limits)
        if self._relogin and outlook.active and _got_in(exchange.recorded):
            self._again(track, identity, verdict, now)
        return Judged(exchange, verdict, track.label)

    def _again(self, track: Track, identity: Identity, verdict: Verdict, now: int) -> None:
        """The person does what was asked of them: logs in again, or confirms who they are."""
        if verdict.kind is Kind.EXPIRED:
            track.over(End(now, "expired", str(verdict.clock), verdict.limit, verdict.elapsed, verdict.rule))
            self._start(identity, track.successor(now, label(identity, track.generation + 1)))
        elif verdict.kind is Kind.STEP_UP and verdict.clock is not None:
            track.authenticated_again(now)

    def _take_over(self, track: Track, recorded: Recorded, now: int) -> None:
        """What the guard knew and the wire does not tell: a fresh authentication, a logout or a revocation."""
        again = recorded.session.reauthenticated_at if recorded.session is not None else None
        if again is not None and again > track.authenticated_last and again >= track.started_at:
            track.authenticated_again(again)
        if recorded.verdict == Kind.REFUSED:
            ended_at = recorded.ended_at if recorded.ended_at is not None else now
            swept = run_out_at(track.session(), self.policy)
            track.over(swept if swept is not None and swept.at <= ended_at else End(ended_at, recorded.reason))

    def _follow_shadow(
        self, track: Track, exchange: Exchange, identity: Identity, verdict: Verdict, limits: Limits | None
    ) -> None:
        """Where polling had not counted: would this request have met a session that idle had ended?"""
        shadow, now = track.shadow, exchange.at
        if shadow is None or self._polls is None or verdict.kind is Kind.PUBLIC:
            return
        shadow.settle(now)
        if limits is None or not shadow.alive(limits, now):
            instead = decide(identity, shadow.session(), self.policy, exchange.request, now)
            if instead.clock is Clock.IDLE or instead.kind is Kind.EXPIRED:
                if verdict.kind is Kind.ALLOW and instead.clock is Clock.IDLE:
                    self.kept_alive.append(track)
                track.shadow = None
                return
        if verdict.activity and not self._polls(exchange.request):
            idle = verdict.remaining.idle if verdict.remaining is not None else None if limits is None else limits.idle
            shadow.act(now, _credited(exchange), idle)


def _runs(track: Track, identity: Identity, limits: Limits, now: int) -> bool:
    """Whether every clock of the session runs, that of its token too."""
    if identity.token is not None:
        if track.generation > 1 or not _token_runs(identity.token, limits.leeway, now):
            return False
        _remember(track, identity, limits)
    return track.alive(limits, now)


def _token_runs(token: TokenTimes, leeway: int, now: int) -> bool:
    return now < token.expires_at + leeway and (token.not_before is None or now >= token.not_before - leeway)


def _remember(track: Track, identity: Identity, limits: Limits) -> None:
    """Keep when the session's latest token runs out."""
    if identity.token is not None:
        until = token_clock(identity.token, limits.leeway, 0).deadline
        track.token_until = until if track.token_until is None else max(track.token_until, until)


def _first_session(exchange: Exchange, identity: Identity) -> Session:
    """A session whose first request this is: both clocks start now, or when its token says the person authenticated."""
    now, token, recorded = exchange.at, identity.token, exchange.recorded
    if recorded is not None and recorded.session is not None:
        return recorded.session
    since = now if token is None else token.issued_at if token.authenticated_at is None else token.authenticated_at
    return Session(
        id=label(identity),
        site=exchange.origin,
        subject=identity.subject,
        source=identity.source,
        started_at=now,
        authenticated_at=min(since, now),
        last_active_at=now,
        gap_from_at=now,
        groups=identity.groups,
        amr=identity.amr,
        acr=identity.acr,
    )


def _renewed(identity: Identity, token: TokenTimes, track: Track) -> Identity:
    """After a relogin the capture still shows the token from before it; its owner would have had a new one, of the
    same lifetime."""
    if track.generation == 1 or token.issued_at >= track.started_at:
        return identity
    lifetime = token.expires_at - token.issued_at
    return identity._replace(token=TokenTimes(track.started_at, track.started_at + lifetime))


def _credited(exchange: Exchange) -> int:
    return 0 if exchange.streamed else exchange.duration


def _got_in(recorded: Recorded | None) -> bool:
    """Whether the person can have logged in at this request: a recording knows when they did not."""
    return recorded is None or recorded.verdict in PASSES
