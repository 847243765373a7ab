"""A replay with everything that can be learned from it: what reports are made of.

Replayed -> sweeps, differences, conditions, suggestions -> findings
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from nightlatch.replay.compare import Difference, differences
from nightlatch.replay.conditions import Checked, Condition, check
from nightlatch.replay.findings import Finding, findings
from nightlatch.replay.lifetimes import Lifetime, lifetimes
from nightlatch.replay.replaying import Outcome, Replayed
from nightlatch.replay.suggest import Suggestion, as_toml, suggestions
from nightlatch.replay.sweep import Curve, Sweep, run_sweep


class Studied(NamedTuple):
    """One policy: what it came to, and the life of every session under it."""

    outcome: Outcome
    lifetimes: tuple[Lifetime, ...]


class Study(NamedTuple):
    """Everything."""

    replayed: Replayed
    policies: tuple[Studied, ...]
    differences: tuple[Difference, ...]
    curves: tuple[Curve, ...]
    checked: tuple[Checked, ...]
    suggested: tuple[Suggestion, ...]
    toml: str
    """`suggested`, to be pasted into the first policy."""
    findings: tuple[Finding, ...]
    """About the first policy."""

    @property
    def failed(self) -> tuple[Checked, ...]:
        """The conditions that hold and must not."""
        return tuple(each for each in self.checked if each.holds)


def study(
    replayed: Replayed,
    sweeps: Sequence[Sweep] = (),
    conditions: Sequence[Condition] = (),
    *,
    progress: Callable[[str], None] = lambda _: None,
) -> Study:
    """What there is to learn from `replayed`, which has to have been observed.

    Args:
        replayed: the replay.
        sweeps: what to sweep.
        conditions: what to check.
        progress: is told what is being done, where it takes a while.

    Raises:
        ValueError: a sweep names a rule that the policy does not have.
    """
    curves = []
    for sweep in sweeps:
        progress(f"sweeping {sweep.name}")
        curves.append(run_sweep(sweep, replayed))
    first = replayed.outcomes[0]
    checked, suggested = check(conditions, replayed), suggestions(replayed.activity())
    return Study(
        replayed,
        tuple(Studied(each, tuple(lifetimes(each.simulation, replayed.timeline.ends))) for each in replayed.outcomes),
        tuple(differences(replayed)),
        tuple(curves),
        tuple(checked),
        suggested,
        as_toml(suggested, first.policy),
        findings(first, checked, suggested, replayed.caveats()),
    )
