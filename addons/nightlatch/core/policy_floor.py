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
    _compare(
        root.report,
        ("remember",),
        Limits(policy.remember.get("idle"), policy.remember.get("absolute")),
        floor,
        policy.remember,
    )
    for name, limits in policy.tiers.items():
        given = root.values["risk"][name]
        _compare(root.report, ("risk", name), limits, floor, given if isinstance(given, dict) else ())
    for rule, (index, given) in zip(policy.rules, _rule_tables(root), strict=True):
        if not rule.public:
            _compare(root.report, ("rule", index), rule.limits, floor, given)


def _rule_tables(root: Table) -> list[tuple[int, Collection[str]]]:
    """Those that `read_rules` made rules of, with their places in the array."""
    tables = root.values.get("rule")
    found = enumerate(tables) if isinstance(tables, list) else ()
    return [(index, table) for index, table in found if isinstance(table, dict)]


def _compare(report: Report, path: Path, limits: Limits, floor: Policy, given: Collection[str] | None) -> None:
    for key in LIMITS:
        most = getattr(floor.session, key)
        limit = getattr(limits, key)
        if (given is None or key in given) and most is not None and (limit is None or limit > most):
            found = f"{key} is {format_duration(limit)}, looser than the floor"
            report.add((*path, key), found, f"at most {format_duration(most)} ({floor.name})", value=True)
