"""What the dashboard lives on: one stream that tells what has changed, in steps of a quarter of a second.

The first message tells the state of things; each later one holds what is new since the one before. Where that is too
much to be told one by one, `reload` says so, and the dashboard asks for everything again.
"""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from functools import partial
from itertools import islice
from typing import Any

from nightlatch.core.alert_json import alert_document
from nightlatch.core.event_json import event_document
from nightlatch.core.session import Session
from nightlatch.core.session_json import session_document
from nightlatch.ledger.port import LedgerReader
from nightlatch.web import clock
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.problems import Refusal
from nightlatch.web.sessions import counted_document
from nightlatch.web.stream import Emitter

STEP = 0.25
"""Seconds between two messages at least."""
AT_ONCE = 500
"""How many sessions, events or decisions a message holds at most."""


async def only_streamed(ask: Ask) -> Answer:
    """What changes, as server-sent events: sessions, events, alerts, the clock, the policy (for the dashboard)."""
    raise Refusal(406, "This is a stream: ask with Accept: text/event-stream.")


@dataclass(slots=True)
class Seen:
    """How far one listener has been told."""

    event: int
    alert_at: int
    """When an alert was last raised, or found again."""
    decision: int
    active_at: int
    policy: str


async def streamed(ask: Ask, emitter: Emitter) -> None:
    """The state of things, then every change of it. Ends with the client."""
    now, _, _ = ask.control.clock()
    seen, message = await ask.ledger.ask(partial(_first, ask, now))
    await emitter.send({**message, "clock": clock.document(ask), "policy": seen.policy})
    while await emitter.open():
        now, _, _ = ask.control.clock()
        message = await ask.ledger.ask(partial(_next, ask, seen, now))
        policy = ask.control.policy().version
        if message or policy != seen.policy:
            seen.policy = policy
            await emitter.send({**message, "clock": clock.document(ask), "policy": policy})
        await asyncio.sleep(STEP)
        await emitter.wait_for_change()


def _first(ask: Ask, now: int, reader: LedgerReader) -> tuple[Seen, dict[str, Any]]:
    seen = Seen(
        event=reader.last_link(),
        alert_at=max((alert.last_at for alert in reader.alerts()), default=0),
        decision=reader.last_decision(),
        active_at=now,
        policy=ask.control.policy().version,
    )
    counted = {key: counted_document(decision) for key, decision in reader.last_counted().items()}
    return seen, {"event": seen.event, "counted": counted}


def _next(ask: Ask, seen: Seen, now: int, reader: LedgerReader) -> dict[str, Any]:
    """What is new, as a message without what is not; empty when nothing is."""
    last = reader.last_link()
    if last - seen.event > AT_ONCE:
        seen.event, seen.decision, seen.active_at = last, reader.last_decision(), now
        return {"reload": True}
    events = list(islice(reader.events(after=seen.event), AT_ONCE))
    decisions = reader.decisions_after(seen.decision, AT_ONCE)
    counted = {decision.session: decision for _, decision in decisions if decision.activity and decision.session}
    active = reader.active_since(ask.control.place().site, seen.active_at, AT_ONCE)
    told = {each.event.session for each in events if each.event.session}
    sessions = {session.id: session for session in active}
    for key in (told | counted.keys()) - sessions.keys():
        if (session := reader.session(key)) is not None:
            sessions[key] = session
    seen.event = max([seen.event, *(each.id for each in events)])
    seen.decision = max([seen.decision, *(position for position, _ in decisions)])
    seen.active_at = max([seen.active_at, *(session.last_active_at for session in active)])
    message = {
        "events": [event_document(each) for each in events],
        "sessions": _documents(ask, sessions.values(), now),
        "counted": {key: counted_document(decision) for key, decision in counted.items()},
        "alerts": _alerts(reader, seen),
    }
    return {name: value for name, value in message.items() if value}


def _documents(ask: Ask, sessions: Iterable[Session], now: int) -> list[dict[str, Any]]:
    policy = ask.control.policy()
    return [session_document(ask.control.current(session, now), policy, now) for session in sessions]


def _alerts(reader: LedgerReader, seen: Seen) -> list[dict[str, Any]]:
    """Alerts that are new, or that count one more."""
    found = [alert for alert in reader.alerts(since=seen.alert_at) if alert.last_at > seen.alert_at]
    seen.alert_at = max([seen.alert_at, *(alert.last_at for alert in found)])
    return [alert_document(alert) for alert in found]
