"""A policy as this guard would take it, and the event that tells of its coming into force."""

import getpass

from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.mistakes import Mistake, PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.presets import read_as
from nightlatch.proxy.guard import Guard
from nightlatch.proxy.settings_alerts import AlertsInvalid, refuse_unmet_responses
from nightlatch.proxy.settings_login import refuse_unmet
from nightlatch.proxy.settings_values import SettingsInvalid


def read_changed(guard: Guard, text: str) -> Policy:
    """The policy that `text` writes, as this guard would take it: with its `--public` paths, and without a demand that
    no login here can meet.

    Raises:
        PolicyInvalid: with every mistake in it.
    """
    settings = guard.settings
    policy = read_as(text, settings.policy_name, settings.policy.public)
    try:
        refuse_unmet(policy, settings.source, settings.login, settings.dev_second_factor)
        refuse_unmet_responses(policy, settings.login.kind)
    except (SettingsInvalid, AlertsInvalid) as error:
        raise unmet(guard, error) from None
    return policy


def unmet(guard: Guard, error: ValueError) -> PolicyInvalid:
    """A demand that cannot be met here, as a mistake of the policy."""
    file = guard.settings.policy_name
    return PolicyInvalid((Mistake(file, 1, 1, str(error), "a demand that this guard's login can meet"),))


def loaded(change: PolicyChange) -> Event:
    """The event that tells of `change`."""
    detail: dict[str, Field] = {"name": change.name, "actor": change.actor, "how": change.how}
    if change.previous is not None:
        detail["previous"] = change.previous
    return Event(EventType.POLICY_LOADED, change.changed_at, policy=change.version, detail=detail)


def whoever_runs_this() -> str:
    """The login name of this process."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"
