"""Which policy a guard begins with. The last act holds, and a start is none: where somebody has put another policy in
the place of the file (over the control API, or by a rollback) and the file has not been changed since, that one is in
force again, and the console says so.

What ran out while no guard was there is ended first under the policy that was in force, so that a start with a looser
one revives nothing. Works before anything listens.
"""

import logging
from collections.abc import Iterable, Sequence
from functools import partial

from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.port import Guard as Announced
from nightlatch.ledger.port import LedgerWriter
from nightlatch.presets import policy_source
from nightlatch.proxy.guard import AT_ONCE, Guard
from nightlatch.proxy.outlived_sessions import Ending, judge
from nightlatch.proxy.policy_reading import loaded, read_changed, whoever_runs_this
from nightlatch.proxy.standing_policy import StandingPolicy

log = logging.getLogger(__name__)


def begin_policy(guard: Guard, sites: Iterable[str]) -> StandingPolicy:
    """Settle which policy is in force in `guard`, end what it or the one before has ended, and record it.

    Raises:
        LedgerError: the ledger cannot be read or written.
    """
    given, source, now = guard.settings.policy, policy_source(guard.settings.policy_name), guard.clock.now()
    last = guard.reader.policy_in_force(source)
    override = _override(guard, last, given)
    guard.policy = override or given
    for site in sites:
        _end_outlived(guard, site, now)
    actor = last.actor if override and last else whoever_runs_this()
    version = guard.policy.version
    change = PolicyChange(source, guard.policy.name, version, now, actor, "start", None, given.version)
    if last is not None and last.version != version:
        change = change._replace(previous=last.version)
    event, text = loaded(change), guard.policy.text
    made = guard.behind.submit(lambda writer: writer.change_policy(change, text, event)).result()
    return StandingPolicy(source, given.version, made.id)


def _override(guard: Guard, last: PolicyChange | None, given: Policy) -> Policy | None:
    """The policy that was put in the place of the file, which has not changed since; None where the file holds."""
    if last is None or last.version == given.version or last.given != given.version:
        return None
    text = guard.reader.policy_text(last.name, last.version)
    try:
        policy = None if text is None else read_changed(guard, text)
    except PolicyInvalid as error:
        log.warning("policy %s was in force, and cannot be any more: %s", last.version, error.mistakes[0].message)
        return None
    if policy is not None:
        log.warning(
            "policy %s is in force (%s by %s), not what %s holds (%s); `nightlatch policy rollback %s` changes that",
            *(last.version, last.how, last.actor or "?", guard.settings.policy_name, given.version, given.version),
        )
    return policy


def _end_outlived(guard: Guard, site: str, now: int) -> None:
    before = _before(guard, site)
    if before is None or before.version == guard.policy.version:
        return  # nothing has changed: the sweeper ends what is over
    over, ended = judge(guard, (site,), before, guard.policy, now)
    endings = [*over, *ended]
    for start in range(0, len(endings), AT_ONCE):
        guard.behind.submit(partial(_end_some, endings[start : start + AT_ONCE])).result()


def _end_some(some: Sequence[Ending], writer: LedgerWriter) -> None:
    writer.end_each(some)


def _before(guard: Guard, site: str) -> Policy | None:
    """The policy that was last in force for `site`; None where that cannot be told."""
    last: Announced | None = next((each for each in guard.reader.guards() if each.site == site and each.version), None)
    text = None if last is None else guard.reader.policy_text(last.policy, last.version)
    try:
        return None if text is None else read_changed(guard, text)
    except PolicyInvalid:
        return None
