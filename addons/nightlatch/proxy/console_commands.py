"""Commands of mitmproxy's console and of mitmweb: `nightlatch.sessions`, `.end`, `.warp`, `.explain`; and what its list
of flows shows. For stock mitmproxy, where there are such interfaces; what they do is what `nightlatch …` does.

A command answers at once, on the event loop, so it reads little: it is a person who asks.
"""

from collections.abc import Callable, Sequence
from typing import TypeVar

from mitmproxy import command, exceptions, http

from nightlatch.core.durations import parse_duration
from nightlatch.core.events import EventType
from nightlatch.core.session import End, Session
from nightlatch.core.session_json import session_document
from nightlatch.explain.evidence import gather
from nightlatch.explain.phrases import left, why_ended
from nightlatch.explain.reasons import why_decided, why_session
from nightlatch.explain.timeline import moment_line, timeline
from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter
from nightlatch.proxy import flow_marks
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.service import Service

Function = TypeVar("Function", bound=Callable[..., object])

offered: Callable[[str], Callable[[Function], Function]] = command.command
"""mitmproxy's decorator, with the types that it leaves out."""

SHOWN = 100
"""How many sessions are listed, the newest."""
LONGEST_WAIT = 1.0
"""Seconds."""


class NightlatchConsole:
    """The part of the addon that people meet in mitmproxy's own interfaces."""

    def __init__(self, service: Callable[[], Service | None]) -> None:
        """`service` gives what guards now; None while nothing does."""
        self._service = service

    @offered("nightlatch.sessions")
    def sessions(self) -> Sequence[str]:
        """The newest sessions: id, who, state, and what is left or why it ended."""
        guard = self._guard()
        now = guard.clock.now()
        found = (guard.current(session, now) for session in guard.reader.sessions(limit=SHOWN))
        return [_line(guard, session, now) for session in found]

    @offered("nightlatch.end")
    def end(self, session: str) -> str:
        """End a session, at once and for ever. An unambiguous beginning of its id will do."""
        guard = self._guard()
        found = _named(guard.reader, session)
        if found.end is not None:
            raise exceptions.CommandError(f"session {found.id} ended already: {why_ended(found.end)}")
        end = End(guard.clock.now(), "admin")
        _write(guard, lambda writer: writer.end(found.id, end, guard.end_event(found, end)))
        return f"{found.id} of {found.subject or 'someone'} is ended"

    @offered("nightlatch.warp")
    def warp(self, by: str) -> str:
        """Move nightlatch's clock forward, for every session: 31m, 8h."""
        guard = self._guard()
        try:
            far = parse_duration(by)
        except ValueError as error:
            raise exceptions.CommandError(str(error)) from None
        if far is None:
            raise exceptions.CommandError('"off" is no duration to move the clock by')
        _, wall, warp = guard.clock.read()
        segment = warp.advance(wall, far)
        event = guard.event(
            EventType.CLOCK_WARPED, segment.warped_at, None, action="advance", by=far, actor="mitmproxy"
        )
        _write(guard, lambda writer: writer.warp(segment, event))
        return f"the clock is moved forward by {by}"

    @offered("nightlatch.explain")
    def explain(self, what: str) -> Sequence[str]:
        """Why a session ended, or a request was answered as it was: a session's id, or the id of a verdict."""
        guard = self._guard()
        _write(guard, lambda writer: None)
        decision = guard.reader.decision(what.strip())
        told = why_decided(decision) if decision else ()
        if decision is not None and decision.session is None:
            return list(told)
        session, now = _named(guard.reader, what if decision is None else decision.session or ""), guard.clock.now()
        evidence = gather(guard.reader, guard.current(session, now))
        moments = (moment_line(moment) for moment in timeline(evidence))
        return [*told, *why_session(evidence, guard.policy, now), *moments]

    def requestheaders(self, flow: http.HTTPFlow) -> None:
        """After the gate: whatever it decided is known by now."""
        flow_marks.mark(flow)

    def _guard(self) -> Guard:
        service = self._service()
        if service is None:
            raise exceptions.CommandError("nightlatch does not guard anything yet")
        return service.guard


def _write(guard: Guard, work: Callable[[LedgerWriter], object]) -> None:
    """Have `work` done before the command answers. mitmproxy's commands cannot wait otherwise, so this one waits for
    the ledger on the loop, and not for long.

    Raises:
        CommandError: the ledger cannot be written.
    """
    try:
        guard.behind.submit(work).result(LONGEST_WAIT)
    except (LedgerError, TimeoutError) as error:
        raise exceptions.CommandError(str(error) or "the ledger is busy; nothing is known of the change yet") from None


def _named(reader: LedgerReader, given: str) -> Session:
    """The session whose id is `given` or begins so.

    Raises:
        CommandError: none, or more than one.
    """
    name = given.strip().lower()
    exact = reader.session(name)
    found = [exact] if exact else list(reader.match(name)) if name else []
    if len(found) == 1:
        return found[0]
    said = f"there is no session {given}" if not found else f"several sessions begin with {given}"
    raise exceptions.CommandError(f"{said}; nightlatch.sessions lists them")


def _line(guard: Guard, session: Session, now: int) -> str:
    stands = left(session_document(session, guard.policy, now)) if session.end is None else why_ended(session.end)
    return f"{session.id}  {session.subject or 'someone'}  {session.state}  {stands}"
