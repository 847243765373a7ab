"""The `[[rule]]` tables of a policy file: what each applies to, what it demands, its limits with every gap filled."""

from collections.abc import Mapping

from nightlatch.core import policy_values as values
from nightlatch.core.policy import Limits, Match, OnExpiry, Requirement, Rule
from nightlatch.core.policy_table import Table

LIMITS = ("idle", "absolute", "rolling")
"""What a tier and a rule may set; `grace` and `leeway` hold for the whole policy."""

_MATCH = ("path", "method", "host", "group", "network")
_RULE = ("name", "match", "access", "risk", *LIMITS, "on_expiry", "passive", "require")
_NOT_PUBLIC = ("risk", *LIMITS, "on_expiry", "require")


class Tier:
    """A `[risk.NAME]` table: its limits over those of `[session]`, and which of them it set itself."""

    def __init__(self, limits: Limits, given: frozenset[str]) -> None:
        self.limits = limits
        self.given = given


def over(limits: Limits, given: Mapping[str, int | None]) -> Limits:
    """`limits`, but for those that are given; a given None is `off`."""
    return limits._replace(
        idle=given.get("idle", limits.idle),
        absolute=given.get("absolute", limits.absolute),
        rolling=given.get("rolling", limits.rolling),
    )


def read_tiers(root: Table, session: Limits) -> dict[str, Tier]:
    """All tiers by name."""
    tiers = {}
    for name, table in root.table("risk").named():
        table.known(*LIMITS)
        given = table.durations(*LIMITS)
        tiers[name] = Tier(over(session, given), frozenset(given))
    return tiers


def read_rules(root: Table, session: Limits, tiers: Mapping[str, Tier]) -> tuple[Rule, ...]:
    """All rules in the order of the file, which is the order in which they match."""
    tables = root.tables("rule")
    rules = tuple(_rule(table, index, session, tiers) for index, table in enumerate(tables, 1))
    seen: set[str] = set()
    for rule, table in zip(rules, tables, strict=True):
        if rule.name in seen:
            table.report.add(
                (*table.path, "name"), f'a second rule named "{rule.name}"', "a name of its own", value=True
            )
        seen.add(rule.name)
    return rules


def _rule(table: Table, number: int, session: Limits, tiers: Mapping[str, Tier]) -> Rule:
    table.known(*_RULE)
    public = table.choice("access", ("public", "guarded"), "guarded") == "public"
    if public:
        _bare(table)
    risk, tier = _tier(table, tiers, session)
    given = table.durations(*LIMITS)
    return Rule(
        name=table.text("name", values.rule_name) or f"rule {number}",
        match=_match(table),
        limits=over(tier.limits, given),
        public=public,
        on_expiry=OnExpiry(table.choice("on_expiry", ("end", "reauthenticate"), "end")),
        passive=table.flag("passive"),
        require=_requirement(table.table("require")),
        risk=risk,
        own_absolute="absolute" in given or "absolute" in tier.given,
        own_idle="idle" in given or "idle" in tier.given,
    )


def _bare(table: Table) -> None:
    """What a public rule asks would never be asked, so whoever wrote it means something else."""
    for key in _NOT_PUBLIC:
        if key in table.values:
            path = (*table.path, key)
            table.report.add(
                path, f'{key} in a rule with access = "public"', f"no {key}: a public rule asks for nothing"
            )


def _tier(table: Table, tiers: Mapping[str, Tier], session: Limits) -> tuple[str | None, Tier]:
    def known(name: str) -> str:
        if name not in tiers:
            names = tuple(tiers)
            expected = f"one of the tiers {', '.join(names)}" if names else f"a tier; add [risk.{name}]"
            raise values.Unfit(expected, values.nearest(name, names))
        return name

    name = table.text("risk", known)
    return name, tiers[name] if name is not None else Tier(session, frozenset())


def _match(table: Table) -> Match:
    match = table.table("match")
    if not match.values and isinstance(table.values.get("match", {}), dict):
        table.report.add(
            (*table.path, "match"), "a rule without match", 'what it applies to: match = { path = "/admin/**" }'
        )
    match.known(*_MATCH)
    return Match(
        path=match.texts("path", values.path_pattern, some=True),
        method=match.texts("method", values.method, some=True),
        host=match.texts("host", values.host_pattern, some=True),
        group=match.texts("group", values.word, some=True),
        network=match.texts("network", values.network, some=True),
    )


def _requirement(table: Table) -> Requirement:
    table.known("amr", "acr", "auth_age", "group", "network")
    return Requirement(
        amr=table.texts("amr", values.word),
        acr=table.texts("acr", values.word),
        auth_age=table.durations("auth_age").get("auth_age"),
        group=table.texts("group", values.word),
        network=table.texts("network", values.network),
    )
