"""Changing the policy while the guard runs: the new one is in force on the next request, for live sessions too.

A broken one is refused with every mistake, and the last good one stays. A tightened limit ends what has outlived it,
and the trail says so; a loosened one revives nothing, since what had run out under the old one is ended first.
"""

import asyncio
from pathlib import Path

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.policy_effect import outlived
from nightlatch.core.policy_toml import read_policy
from nightlatch.core.remembering import run_out_at
from nightlatch.core.session import End, Session, State
from nightlatch.ledger.port import LedgerWriter
from nightlatch.ledger.reader import open_reader
from nightlatch.presets import load_policy
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.service import Service
from nightlatch.proxy.settings_login import refuse_unmet
from nightlatch.proxy.settings_values import SettingsInvalid

Ending = tuple[str, End, Event]


def read_changed(guard: Guard, text: str) -> Policy:
    """The policy that `text` writes, as this guard would take it: with its `--public` paths, and without a demand that
    no login here can meet.

    Raises:
        PolicyInvalid: with every mistake in it.
    """
    file = guard.settings.policy_name
    policy = read_policy(text, name=Path(file).stem, file=file, floors=load_policy, public=guard.settings.policy.public)
    try:
        refuse_unmet(policy, guard.settings.source, guard.settings.login, guard.settings.dev_second_factor)
    except SettingsInvalid as error:
        raise PolicyInvalid((Mistake(file, 1, 1, str(error), "a demand that this guard's login can meet"),)) from None
    return policy


async def apply_policy(service: Service, text: str, by: str) -> int:
    """Bring the policy that `text` writes into force; how many sessions its limits ended. One change at a time.

    Args:
        service: the guard at work.
        text: TOML, as in a policy file.
        by: who changed it, for the trail.

    Raises:
        PolicyInvalid: with every mistake in it; the last good policy stays, and `policy.rejected` is recorded.
        LedgerError: it cannot be recorded, so it does not come into force.
    """
    guard = service.guard
    async with service.changing:
        try:
            policy = read_changed(guard, text)
        except PolicyInvalid as error:
            await _reject(guard, error, by)
            raise
        now = guard.clock.now()
        over, ended = await asyncio.to_thread(_judge, guard, tuple(service.sweepers), policy, now)
        await guard.end_each(over)
        await _load(guard, policy, by, now)
        guard.policy = policy
        service.announce_again()
        return await guard.end_each(ended)


async def _reject(guard: Guard, error: PolicyInvalid, by: str) -> None:
    first = error.mistakes[0]
    detail: dict[str, Field] = {"actor": by, "mistakes": len(error.mistakes), "file": first.file, "line": first.line}
    event = guard.event(EventType.POLICY_REJECTED, guard.clock.now(), None, **detail, first=first.message[:300])
    await guard.write(lambda writer: writer.record((event,)))


async def _load(guard: Guard, policy: Policy, by: str, now: int) -> None:
    event = Event(
        EventType.POLICY_LOADED,
        now,
        policy=policy.version,
        detail={"name": policy.name, "actor": by, "previous": guard.policy.version},
    )

    def write(writer: LedgerWriter) -> None:
        writer.policy(policy.name, policy.version, policy.text, now)
        writer.record((event,))

    await guard.write(write)


def _judge(guard: Guard, sites: tuple[str, ...], policy: Policy, now: int) -> tuple[list[Ending], list[Ending]]:
    """On a thread, with a reader of its own: what had run out under the policy in force, and what the new one ends."""
    reader = open_reader(guard.settings.ledger)
    try:
        found = [session for session in reader.sessions(state=State.ACTIVE) if session.site in sites]
    finally:
        reader.close()
    live = [guard.current(session, now) for session in found]
    before, after = [], []
    for session in live:
        over = run_out_at(session, guard.policy)
        if over is not None and over.at <= now:
            before.append((session.id, over, guard.end_event(session, over)))
        elif (end := outlived(session, policy, now)) is not None:
            after.append((session.id, end, _tightened(guard, session, end, policy)))
    return before, after


def _tightened(guard: Guard, session: Session, end: End, policy: Policy) -> Event:
    """The event of an end that the change of policy brought, not the passing of time."""
    event = guard.end_event(session, end)
    return event._replace(policy=policy.version, detail={**event.detail, "tightened_from": guard.policy.version})
