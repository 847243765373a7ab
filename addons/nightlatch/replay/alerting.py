"""What the detectors would have said about a capture, so that their thresholds can be tuned on evidence.

Facts are made of judged exchanges as the guard makes them of requests; what only a guard can know (a fixated cookie, a
credential that was rotated) is not in a capture, so those detectors stay silent. Networks are familiar as far as the
capture itself has shown them.
"""

import re
from collections.abc import Iterator, Sequence

from nightlatch.core.alert import QUIET, Alert, Finding
from nightlatch.core.alert_json import alert_document
from nightlatch.core.detect.facts import BOUNCED, SKEWED, Fact
from nightlatch.core.detect.observer import Observer
from nightlatch.core.detect.places import Places
from nightlatch.core.detect.stream import Stream
from nightlatch.core.events import EventType, Field
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session, touched
from nightlatch.core.verdict import Kind
from nightlatch.replay.attribution import LooksLike, looks_like
from nightlatch.replay.exchange import Exchange
from nightlatch.replay.simulate import Judged

HEADERS = frozenset(("user-agent", "sec-fetch-mode"))
"""What readers have to keep of requests besides what judging needs."""

_TOLD = ("detector", "raised_at", "last_at", "count", "session", "subject", "network", "agent", "then", "why", "detail")
_LOGIN = re.compile(r"(?i).*/(log-?in|sign-?in|sessions?|auth(enticate)?|token)/?")
_FAILED = frozenset((400, 401, 403, 422))
_SENT_ON = frozenset((301, 302, 303, 307))


class Alerting:
    """A sink for a replay's decisions; `alerts` has what was found, by the policy's place."""

    def __init__(self, policies: Sequence[Policy]) -> None:
        self._watches = {id(policy): _Watch(policy) for policy in policies}

    def __call__(self, judged: Judged, policy: Policy) -> None:
        """One decision more, in order of time."""
        self._watches[id(policy)].see(judged)

    def alerts(self, policy: Policy) -> list[Alert]:
        """What the detectors of `policy` would have raised, the first found first."""
        return self._watches[id(policy)].alerts

    def document(self) -> list[dict[str, object]]:
        """The alerts of all policies, each with the name of its policy; what only a ledger knows is left out."""
        return [
            {"policy": name, **{field: told[field] for field in _TOLD}}
            for name, alerts in ((watch.name, watch.alerts) for watch in self._watches.values())
            for told in map(alert_document, alerts)
        ]


class _Watch:
    """One policy's detectors over one timeline."""

    def __init__(self, policy: Policy) -> None:
        self.alerts: list[Alert] = []
        self.name, self._policy = policy.name, policy
        self._open: dict[tuple[str, str], int] = {}
        self._stream, self._places = Stream(policy.alerts), Places(lambda *_: ())
        self._observer = Observer(policy, self._stream, self._places)
        self._sessions: dict[str, Session] = {}
        self._ended: set[str] = set()

    def see(self, judged: Judged) -> None:
        for fact in self._facts(judged):
            for finding in self._stream.feed(fact):
                self._raise(finding)

    def _facts(self, judged: Judged) -> Iterator[Fact]:
        exchange, verdict, label = judged.exchange, judged.verdict, judged.session
        yield from self._of_login(exchange, verdict.kind)
        if verdict.reason == "not_yet_valid":
            yield _fact(SKEWED, exchange, None)
        if label is None:
            return
        session = self._sessions.get(label)
        if session is None:
            session = self._sessions[label] = _first_seen(exchange, label)
            yield _fact(EventType.SESSION_CREATED, exchange, session)
        if verdict.kind is Kind.ALLOW:
            yield from self._allowed(judged, session)
        elif verdict.kind in (Kind.EXPIRED, Kind.REFUSED):
            yield from self._over(judged, session)

    def _allowed(self, judged: Judged, session: Session) -> Iterator[Fact]:
        exchange, active = judged.exchange, judged.verdict.activity
        request, now = exchange.request, exchange.at
        agent = request.header("user-agent")
        limit = policy_for(self._policy, session).session.idle
        for fact in self._observer.request(session, request.address, agent, now, limit, active):
            yield fact
            if fact.network:
                self._places.saw(session.site, session.subject or session.id, fact.network, now)
        if looks_like(request.method, request.path, {}, 1, None) is LooksLike.REFRESH and 200 <= exchange.status < 300:
            yield _fact(EventType.SESSION_REFRESHED, exchange, session)
        if active:
            self._sessions[session.id] = touched(session, now)

    def _over(self, judged: Judged, session: Session) -> Iterator[Fact]:
        exchange, recorded = judged.exchange, judged.exchange.recorded
        reason = "expired" if judged.verdict.kind is Kind.EXPIRED else judged.verdict.reason
        if session.id not in self._ended:
            self._ended.add(session.id)
            kind = EventType.SESSION_EXPIRED if reason == "expired" else EventType.SESSION_ENDED
            yield _fact(kind, exchange, session, reason=reason)
        ended_at = recorded.ended_at if recorded is not None and recorded.ended_at is not None else exchange.at
        here = _fact(EventType.SESSION_REUSED_AFTER_END, exchange, session)
        elsewhere = (here.network, here.agent) != (session.network, session.agent)
        detail: dict[str, Field] = {
            "reason": reason,
            "elapsed": exchange.at - ended_at,
            "elsewhere": elsewhere,
            "source": session.source,
        }
        yield here._replace(detail=detail)

    def _of_login(self, exchange: Exchange, kind: Kind) -> Iterator[Fact]:
        request = exchange.request
        if request.method == "POST" and exchange.status in _FAILED and _LOGIN.fullmatch(request.path):
            yield _fact(EventType.LOGIN_FAILED, exchange, None)
        navigates = request.header("sec-fetch-mode") in ("", "navigate")
        if kind is Kind.LOGIN and exchange.status in _SENT_ON and navigates:
            yield _fact(BOUNCED, exchange, None, path=request.path, loop=False)

    def _raise(self, finding: Finding) -> None:
        """Findings that follow closely are one alert, as in the ledger."""
        place = self._open.get((finding.detector, finding.key))
        if place is not None and finding.at - self.alerts[place].last_at < QUIET:
            before = self.alerts[place]
            self.alerts[place] = before._replace(times=before.times + 1, last_at=finding.at)
            return
        self._open[finding.detector, finding.key] = len(self.alerts)
        who = (finding.session, finding.subject, finding.network, finding.agent)
        then = self._policy.alerts[finding.detector].then
        about = (finding.detector, finding.key, finding.at, finding.at, 1, *who, then, finding.why)
        number = len(self.alerts) + 1
        self.alerts.append(Alert(number, *about, 0, self._policy.version, open=False, detail=finding.detail))


def _first_seen(exchange: Exchange, label: str) -> Session:
    recorded = exchange.recorded.session if exchange.recorded is not None else None
    request, at = exchange.request, exchange.at
    where, agent = network_of(request.address), agent_family(request.header("user-agent"))
    subject = recorded.subject if recorded is not None else None
    remembered = recorded is not None and recorded.remembered
    starts = (label, exchange.origin, subject, "replay", at, at, at, at)
    return Session(*starts, network=where, agent=agent, remembered=remembered)


def _fact(kind: str, exchange: Exchange, session: Session | None, **detail: Field) -> Fact:
    request = exchange.request
    network, agent = network_of(request.address), agent_family(request.header("user-agent"))
    fact = Fact(str(kind), exchange.at, network=network, agent=agent, detail=detail)
    return fact if session is None else fact._replace(session=session.id, subject=session.subject)
