"""What a guard tells: events for the trail, and a line for every decision. A part of the guard.

Events that anybody can cause are told in groups when they are many, or once a minute: nobody can fill the trail.
Nothing here waits; a failure to write shows in `Guard.check`.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.policy import Policy
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Verdict
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.port import Decision
from nightlatch.proxy.counted_events import CountedEvents
from nightlatch.proxy.settings import Settings

_TOLD_EVERY = 60_000_000
"""Microseconds."""
_REMEMBERED = 4096


class Telling:
    """What it needs of the guard is named here, and is the guard's."""

    __slots__ = ()

    settings: Settings
    policy: Policy
    behind: WriteBehind
    counted: CountedEvents
    after_events: Callable[["asyncio.Future[Any]"], None] | None
    _told: dict[tuple[EventType, str], int]
    _prefix: str
    _count: Iterator[int]

    def end_event(self, session: Session, end: End) -> Event:
        """The audit event that tells why `session` ended."""
        if end.reason != "expired":
            return self.event(EventType.SESSION_ENDED, end.at, session, reason=end.reason)
        detail = {"clock": end.clock, "limit": end.limit, "elapsed": end.elapsed, "rule": end.rule}
        return self.event(EventType.SESSION_EXPIRED, end.at, session, **detail)

    def event(self, type_: EventType, at: int, session: Session | None = None, **detail: Field) -> Event:
        """An audit event about `session` (or about none) under the policy in force."""
        if session is None:
            return Event(type_, at, policy=self.policy.version, detail=detail)
        return Event(
            type_, at, session.id, session.subject, session.network, session.agent, self.policy.version, detail
        )

    def request_event(self, type_: EventType, at: int, request: RequestView, **detail: Field) -> Event:
        """An audit event about a request that belongs to no session."""
        network, agent = network_of(request.address), agent_family(request.header("user-agent"))
        return Event(type_, at, network=network, agent=agent, policy=self.policy.version, detail=detail)

    def log(self, request: RequestView, site: str, session: Session | None, verdict: Verdict, now: int) -> str:
        """Note a decision in the bounded log, behind; its id."""
        decision = f"{self._prefix}{next(self._count):x}"
        self.behind.log(
            Decision(
                decision,
                now,
                site,
                session.id if session else None,
                request.method,
                request.host,
                request.path,
                verdict.kind,
                verdict.reason,
                verdict.clock,
                verdict.limit,
                verdict.elapsed,
                verdict.rule,
                verdict.activity,
                self.policy.version,
            )
        )
        return decision

    def note_unacceptable(self, request: RequestView, verdict: Verdict, now: int) -> None:
        """Somebody came with a token that cannot be accepted."""
        source = str(self.settings.source.kind)
        self.note_login(EventType.LOGIN_FAILED, request, now, reason=verdict.reason, source=source)

    def note_login(self, type_: EventType, request: RequestView, now: int, **detail: Field) -> Sequence[Event]:
        """A login that somebody began or failed at: each while they are few, in groups when they are many. What is told
        of it now, for whoever has more to say."""
        told = self.counted.add(self.request_event(type_, now, request, **detail))
        self.note(told)
        return told

    def note_reuse(self, session: Session, verdict: Verdict, request: RequestView, now: int) -> None:
        """A credential came back after its session's end; told with where it came from."""
        here = session._replace(network=network_of(request.address), agent=agent_family(request.header("user-agent")))
        detail: dict[str, Field] = {"verdict": str(verdict.kind), "source": session.source}
        detail["elsewhere"] = (here.network, here.agent) != (session.network, session.agent)
        if session.end is not None:
            detail |= {"reason": session.end.reason, "elapsed": max(0, now - session.end.at)}
        self._note_now_and_then(EventType.SESSION_REUSED_AFTER_END, now, here, **detail)

    def note_step_up(self, session: Session, verdict: Verdict, now: int) -> None:
        """A live session was asked for a fresher or stronger login."""
        detail = {"reason": verdict.reason, "rule": verdict.rule, "clock": verdict.clock, "limit": verdict.limit}
        self._note_now_and_then(EventType.STEP_UP_REQUIRED, now, session, **detail, elapsed=verdict.elapsed)

    def _note_now_and_then(self, type_: EventType, now: int, session: Session, **detail: Field) -> None:
        """Once a minute and session: a client that asks again and again must not flood the trail."""
        if self._due((type_, f"{session.id} {session.network} {session.agent}"), now):
            self.note((self.event(type_, now, session, **detail),))

    def _due(self, key: tuple[EventType, str], now: int) -> bool:
        """Whether a minute has passed since this was last told."""
        if now - self._told.get(key, -_TOLD_EVERY) < _TOLD_EVERY:
            return False
        if len(self._told) >= _REMEMBERED:
            self._told.clear()
        self._told[key] = now
        return True

    def note(self, events: Iterable[Event]) -> None:
        """Append events without waiting for it; a failure shows in `check`."""
        recorded = tuple(events)
        if not recorded:
            return
        done = self.behind.submit(lambda writer: writer.record(recorded))
        if self.after_events is not None:
            asyncio.wrap_future(done).add_done_callback(self.after_events)
