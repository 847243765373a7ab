"""Changing the policy while the guard runs: the new one is in force on the next request, for live sessions too.

A broken one is refused with every mistake, and the last good one stays. A tightened limit ends what has outlived it,
and the trail says so; a loosened one revives nothing, since what had run out under the old one is ended first.
"""

import asyncio
import logging
from typing import NamedTuple

from nightlatch.core.events import EventType, Field
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.offered_classes import refuse_unoffered
from nightlatch.proxy.outlived_sessions import judge
from nightlatch.proxy.policy_reading import loaded, read_changed, unmet
from nightlatch.proxy.service import Service
from nightlatch.proxy.settings_values import SettingsInvalid

log = logging.getLogger(__name__)


class Cause(NamedTuple):
    """Why the policy changes."""

    actor: str
    """Who wants it."""
    how: str
    """`file`, `signal`, `api`; `rollback` for a change that another process has made."""
    given: str = ""
    """The version that the file holds now; empty: as before."""


async def apply_policy(service: Service, text: str, by: str, how: str = "api", given: str = "") -> int:
    """Bring the policy that `text` writes into force; how many sessions its limits ended. One change at a time.

    Args:
        service: the guard at work.
        text: TOML, as in a policy file.
        by: who changed it, for the trail.
        how: `api`, `file` or `signal`.
        given: the version that the file holds now, where that is known to have changed.

    Raises:
        PolicyInvalid: with every mistake in it; the last good policy stays, and `policy.rejected` is recorded.
        LedgerError: it cannot be recorded, so it does not come into force.
    """
    async with service.changing:
        cause = Cause(by, how, given)
        policy = await _read_or_reject(service.guard, text, cause)
        return await _bring(service, policy, cause)


async def follow(service: Service) -> None:
    """Take what another process has brought into force for what this guard was started with.

    Raises:
        PolicyInvalid: it cannot be in force here: the last good policy stays, and `policy.rejected` is recorded.
        LedgerError: the ledger cannot be read or written.
    """
    guard, standing = service.guard, service.standing
    found = guard.reader.policy_in_force(standing.source)
    if found is None or found.id == standing.followed:
        return
    async with service.changing:
        if found.id == standing.followed:
            return  # it was made here, a moment ago
        text = guard.reader.policy_text(found.name, found.version)
        try:
            if text is not None and found.version != guard.policy.version:
                cause = Cause(found.actor, found.how, found.given)
                await _bring(service, await _read_or_reject(guard, text, cause), cause, recorded=found)
                log.info("policy %s is in force (%s by %s)", *told(found))
        finally:
            standing.given, standing.followed = found.given, found.id


def told(change: PolicyChange) -> tuple[str, str, str]:
    """A change in three words: the version, how, and by whom."""
    return change.version, change.how, change.actor or "?"


async def _read_or_reject(guard: Guard, text: str, cause: Cause) -> Policy:
    try:
        policy = read_changed(guard, text)
        await asyncio.to_thread(refuse_unoffered, guard.settings._replace(policy=policy))
    except PolicyInvalid as error:
        await reject(guard, error, cause)
        raise
    except SettingsInvalid as error:
        invalid = unmet(guard, error)
        await reject(guard, invalid, cause)
        raise invalid from None
    return policy


async def reject(guard: Guard, error: PolicyInvalid, cause: Cause) -> None:
    """The trail tells of a policy that cannot come into force, and why.

    Raises:
        LedgerError: it cannot be written.
    """
    first = error.mistakes[0]
    detail: dict[str, Field] = {"actor": cause.actor, "how": cause.how, "mistakes": len(error.mistakes)}
    place: dict[str, Field] = {"file": first.file, "line": first.line, "first": first.message[:300]}
    event = guard.event(EventType.POLICY_REJECTED, guard.clock.now(), None, **detail, **place)
    await guard.write(lambda writer: writer.record((event,)))


async def _bring(service: Service, policy: Policy, cause: Cause, recorded: PolicyChange | None = None) -> int:
    """Within `changing`: `policy` comes into force, once that is in the ledger; how many sessions it ended."""
    guard, standing = service.guard, service.standing
    now = guard.clock.now()
    over, ended = await asyncio.to_thread(judge, guard, tuple(service.sweepers), guard.policy, policy, now)
    await guard.end_each(over)
    if recorded is None:
        made = await _record(guard, policy, cause._replace(given=cause.given or standing.given), standing.source, now)
        if made.version != policy.version:
            return 0  # another guard has acted upon this file already, and somebody has changed the policy since
        standing.given, standing.followed = made.given, made.id
    guard.policy = policy
    if guard.settings.verifier is not None:
        guard.settings.verifier.forget()
    service.announce_again()
    return await guard.end_each(ended)


async def _record(guard: Guard, policy: Policy, cause: Cause, source: str, now: int) -> PolicyChange:
    before = guard.policy.version
    change = PolicyChange(source, policy.name, policy.version, now, cause.actor, cause.how, before, cause.given)
    event = loaded(change)
    return await guard.write(lambda writer: writer.change_policy(change, policy.text, event))
