"""The floor of a policy: no limit may be looser than that of the preset which `[policy].floor` names."""

from collections.abc import Collection

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import Limits, Policy
from nightlatch.core.policy_rules import LIMITS
from nightlatch.core.policy_table import Report, Table
from nightlatch.core.toml_places import Path


def check_floor(root: Table, policy: Policy, floor: Policy) -> None:
    """Report every limit of `policy` that is looser than the floor's, at the key that gives it.

    Public rules have no limits. What a rule takes over from its tier or from `[session]` is reported there, once.
    """
    _compare(root.report, ("session",), policy.session, floor, None)
    for name, limits in policy.tiers.items():
        _compare(root.report, ("risk", name), limits, floor, _keys(root.values["risk"][name]))
    for index, rule in enumerate(policy.rules):
        if not rule.public:
            _compare(root.report, ("rule", index), rule.limits, floor, _keys(root.values["rule"][index]))


def _keys(value: object) -> Collection[str]:
    return value if isinstance(value, dict) else ()


def _compare(report: Report, path: Path, limits: Limits, floor: Policy, given: Collection[str] | None) -> None:
    for key in LIMITS:
        most = getattr(floor.session, key)
        limit = getattr(limits, key)
        if (given is None or key in given) and most is not None and (limit is None or limit > most):
            found = f"{key} is {format_duration(limit)}, looser than the floor"
            report.add((*path, key), found, f"at most {format_duration(most)} ({floor.name})", value=True)
