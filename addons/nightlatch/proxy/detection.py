"""The detectors at work in a guard: they see every event of its sites as the ledger tells it, and every request of a
live session before it passes. What they find is raised, and what follows holds from the very next request on.

What they remember is in memory; the ledger is the truth about events, and about the networks that people come from.
"""

import asyncio
import logging
from collections.abc import Collection, Iterable, Sequence
from itertools import islice
from typing import Any

from nightlatch.core.alert import Finding
from nightlatch.core.detect.facts import BOUNCED, FOREIGN, KEPT, REPLACED, REQUEST, SKEWED, Fact, of_event
from nightlatch.core.detect.observer import Observer
from nightlatch.core.detect.places import Places
from nightlatch.core.detect.stream import Stream
from nightlatch.core.events import Chained, EventType
from nightlatch.core.identity import Identity
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.policy import HOUR, SECOND
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import Session
from nightlatch.core.verdict import Verdict
from nightlatch.ledger.alerts_port import Place
from nightlatch.ledger.port import LedgerError
from nightlatch.proxy.arrival import Arrival
from nightlatch.proxy.findings import Findings
from nightlatch.proxy.guard import Guard

log = logging.getLogger(__name__)

AT_ONCE = 500
"""Events that are taken in at a time, so that a storm of them does not hold up requests."""
LOOK_BACK = HOUR
"""How far back a guard that starts looks, at least: the longest window that a detector has."""


class Detection:
    """One guard's detectors. `looks` tells the gate whether there is anything to look for in a request."""

    def __init__(self, guard: Guard, sites: Collection[str]) -> None:
        """`sites`: those whose sessions are this guard's."""
        self._guard, self._sites = guard, sites
        asn = guard.settings.alerts.asn
        self._places = Places(self._load, asn.operator if asn else _unknown)
        self.findings = Findings(guard)
        self._policy = guard.policy
        self._begin()
        guard.after_events = self._heard

    def _begin(self) -> None:
        """With the policy in force; what lies within the windows is taken in again."""
        self._policy = self._guard.policy
        self._stream = Stream(self._policy.alerts)
        self._observer = Observer(self._policy, self._stream, self._places)
        self.looks = self._observer.watches or self._stream.wants(FOREIGN)
        self._version = -1
        self._last: int | None = None

    def allowed(self, arrival: Arrival, session: Session, verdict: Verdict) -> Sequence[Finding]:
        """Look at a request that the policy allows; those findings that must be raised before it passes, because
        something follows from them.

        Args:
            arrival: the request.
            session: as it was before it.
            verdict: `allow`.
        """
        request, identity = arrival.request, arrival.identity
        limit = policy_for(self._policy, session).session.idle
        if verdict.activity and verdict.remaining is not None:
            limit = verdict.remaining.idle
        agent = request.header("user-agent")
        facts = self._observer.request(session, request.address, agent, arrival.now, limit, verdict.activity)
        if isinstance(identity, Identity) and identity.subject is not None:
            facts = (*facts, *self._of_token(arrival, identity, session))
        return self._weigh(session, facts) if facts else ()

    def _of_token(self, arrival: Arrival, identity: Identity, session: Session) -> Iterable[Fact]:
        if session.subject is not None and identity.subject != session.subject:
            yield self._fact(FOREIGN, arrival, session, named=identity.subject)
        if identity.token is not None and identity.token.issued_at > arrival.now + SECOND:
            yield self._fact(SKEWED, arrival, session, ahead=identity.token.issued_at - arrival.now)

    def _weigh(self, session: Session, facts: Iterable[Fact]) -> Sequence[Finding]:
        demanding: list[Finding] = []
        for fact in facts:
            before = len(demanding)
            for finding in self._stream.feed(fact):
                if self._then(finding) == "alert":
                    self._raise(finding)
                else:
                    demanding.append(finding)
            if fact.kind == REQUEST and len(demanding) == before:
                self._remember(session, fact)
        return demanding

    def _remember(self, session: Session, fact: Fact) -> None:
        """Where the person comes from; not while it is doubted that it is the person."""
        who = session.subject or session.id
        if fact.network and self._places.saw(session.site, who, fact.network, fact.at):
            place = Place(session.site, who, fact.network, fact.at)
            self._guard.behind.submit(lambda writer: writer.note_places((place,)))

    async def raise_now(self, findings: Iterable[Finding]) -> None:
        """Raise `findings` durably, with what follows from them.

        Raises:
            LedgerError: the ledger cannot be written.
        """
        for finding in findings:
            await self.findings.raise_now(finding, self._then(finding))

    def refused(self, arrival: Arrival, verdict: Verdict) -> None:
        """A request was refused for its token's times."""
        if verdict.reason == "not_yet_valid":
            self._notice(self._fact(SKEWED, arrival, None))

    def bounced(self, arrival: Arrival, *, loop: bool) -> None:
        """A browser was sent to the login, or told that it goes in circles."""
        self._notice(self._fact(BOUNCED, arrival, None, path=arrival.request.path, loop=loop))

    def kept(self, arrival: Arrival, session: Session | None) -> None:
        """The application logged somebody in without a new session cookie."""
        self._notice(self._fact(KEPT, arrival, session))

    def replaced(self, arrival: Arrival, session: Session) -> None:
        """A replaced credential was used after its grace, and the policy lets the session go on."""
        self._notice(self._fact(REPLACED, arrival, session))

    def _fact(self, kind: str, arrival: Arrival, session: Session | None, **detail: str | int | bool | None) -> Fact:
        request = arrival.request
        network, agent = network_of(request.address), agent_family(request.header("user-agent"))
        fact = Fact(kind, arrival.now, network=network, agent=agent, detail=detail)
        return fact if session is None else fact._replace(session=session.id, subject=session.subject)

    def _notice(self, fact: Fact) -> None:
        for finding in self._stream.feed(fact):
            self._raise(finding)

    async def look(self) -> None:
        """Take in what the ledger tells anew, close what is over, and try again what could not be written.

        Raises:
            LedgerError: it cannot be read.
        """
        if self._guard.policy is not self._policy:
            self._begin()
        self._take_in()
        self.findings.flush()

    def _heard(self, done: "asyncio.Future[Any]") -> None:
        """Events of this very guard are on disk: nobody has to wait for the next look."""
        if done.cancelled() or done.exception() is not None or self._guard.after_events is None:
            return
        try:
            self._take_in()
        except LedgerError as error:
            log.error("%s", error)

    def _take_in(self) -> None:
        version = self._guard.reader.version()
        if version == self._version:
            return
        last = self._guard.reader.last_link()
        new = list(islice(self._new_events(), AT_ONCE))
        for chained in new:
            self._last = chained.id
            self._take(chained)
        if len(new) < AT_ONCE:
            self._last, self._version = max(self._last or 0, last), version

    def _new_events(self) -> Iterable[Chained]:
        if self._last is not None:
            return self._guard.reader.events(after=self._last)
        windows = [rule.thresholds.get("window", 0) for rule in self._policy.alerts.values()]
        longest = max((window for window in windows if isinstance(window, int)), default=0)
        return self._guard.reader.events(since=self._guard.clock.now() - max(LOOK_BACK, longest))

    def _take(self, chained: Chained) -> None:
        fact = of_event(chained)
        if fact.kind == EventType.CLOCK_WARPED and fact.text("action") == "reset":
            self._stream.forget()
        elif self._stream.wants(fact.kind) and self._is_ours(fact):
            self._notice(fact)

    def _is_ours(self, fact: Fact) -> bool:
        session = self._guard.reader.session(fact.session) if fact.session else None
        return session is None or session.site in self._sites

    def _raise(self, finding: Finding) -> None:
        self.findings.raise_soon(finding, self._then(finding))

    def _then(self, finding: Finding) -> str:
        rule = self._policy.alerts.get(finding.detector)
        then = rule.then if rule else "alert"
        # The guard itself has ended it, with a reason of its own.
        return "alert" if finding.detector == "rotation_reuse" and then == "end" else then

    def _load(self, site: str, who: str, since: int) -> Sequence[str]:
        return self._guard.reader.places(site, who, since)


def _unknown(network: str) -> str:
    return ""
