"""What in a policy has limits of its own to be judged: `[session]`, `[remember]`, the tiers, the guarded rules, and
where each of their limits is written."""

from collections.abc import Iterator
from typing import NamedTuple

from nightlatch.core.lint.finding import Written
from nightlatch.core.policy import Limits, Policy, Rule
from nightlatch.core.remembering import remembered_policy
from nightlatch.core.toml_places import Path

_PRIVILEGED = ("admin", "privileged", "high", "critical", "root", "superuser")


class Subject(NamedTuple):
    """Something with limits. `paths` are the keys' tables, the nearest first: a limit comes from the first of them
    that writes it."""

    name: str
    limits: Limits
    paths: tuple[Path, ...]
    privileged: bool = False
    rule: Rule | None = None

    def path(self, written: Written, key: str) -> Path:
        """The key that gives the limit `key`."""
        return written.first(*((*path, key) for path in self.paths))


SESSION: Path = ("session",)
REMEMBER: Path = ("remember",)


def subjects(policy: Policy) -> Iterator[Subject]:
    """`[session]`, what holds for remembered sessions, every tier, every rule that is not public."""
    yield Subject("[session]", policy.session, (SESSION,))
    if policy.remember:
        yield Subject("[remember]", remembered_policy(policy).session, (REMEMBER, SESSION))
    for name, limits in policy.tiers.items():
        yield Subject(f"[risk.{name}]", limits, (("risk", name), SESSION), is_privileged(name))
    for index, rule in enumerate(policy.rules):
        if not rule.public:
            tier: tuple[Path, ...] = (("risk", rule.risk),) if rule.risk is not None else ()
            yield Subject(
                f'rule "{rule.name}"', rule.limits, (("rule", index), *tier, SESSION), _privileged_rule(rule), rule
            )


def is_privileged(word: str) -> bool:
    """Whether a name, group or path speaks of privileged users."""
    return any(part in word.lower() for part in _PRIVILEGED)


def _privileged_rule(rule: Rule) -> bool:
    words = (rule.name, rule.risk or "", *rule.match.path, *rule.match.group, *rule.require.group)
    return any(map(is_privileged, words))
