"""The same policy with one limit changed, which is what a sweep asks about. No floor is looked at: it is a question."""

from nightlatch.core.policy import Limits, Policy, Rule
from nightlatch.core.verdict import Clock

VARIED = (Clock.IDLE, Clock.ABSOLUTE)
"""The limits that can be varied."""


def with_limit(policy: Policy, clock: Clock, limit: int | None, rule: str | None = None) -> Policy:
    """`policy` with another limit.

    Args:
        policy: stays as it is.
        clock: one of `VARIED`.
        limit: microseconds; None for off.
        rule: the name of the rule to change; None for `[session]`, and every rule that has that limit from it.

    Raises:
        ValueError: there is no such rule, or it is public and so has no limits.
    """
    if rule is None:
        rules = tuple(each if _own(each, clock) else _with(each, clock, limit) for each in policy.rules)
        return policy._replace(session=_limits(policy.session, clock, limit), rules=rules)
    if not any(each.name == rule and not each.public for each in policy.rules):
        names = ", ".join(each.name for each in policy.rules if not each.public)
        raise ValueError(f'policy {policy.name} has no guarded rule "{rule}"{names and f" (there are {names})"}')
    return policy._replace(
        rules=tuple(_with(each, clock, limit) if each.name == rule else each for each in policy.rules)
    )


def _own(rule: Rule, clock: Clock) -> bool:
    return rule.own_idle if clock is Clock.IDLE else rule.own_absolute


def _with(rule: Rule, clock: Clock, limit: int | None) -> Rule:
    return rule._replace(limits=_limits(rule.limits, clock, limit))


def _limits(limits: Limits, clock: Clock, limit: int | None) -> Limits:
    return limits._replace(idle=limit) if clock is Clock.IDLE else limits._replace(absolute=limit)
