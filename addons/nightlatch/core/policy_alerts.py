"""The `[alerts]` table of a policy file: which detectors run, with which thresholds, and what follows."""

from nightlatch.core import policy_values as values
from nightlatch.core.detect.table import IN_FORCE, RULES
from nightlatch.core.durations import parse_duration
from nightlatch.core.policy import AlertRule
from nightlatch.core.policy_table import Table

THEN = ("alert", "step_up", "end", "off")


def read_alerts(root: Table) -> dict[str, AlertRule]:
    """All alerts that are in force, by detector; what a detector is not told is as in `RULES`."""
    table = root.table("alerts")
    table.known(*RULES)
    given = {name: _alert(table.table(name), RULES[name]) for name in table.values if name in RULES}
    return {name: rule for name, rule in {**IN_FORCE, **given}.items() if rule.then != "off"}


def _alert(table: Table, usual: AlertRule) -> AlertRule:
    thresholds = usual.thresholds
    table.known(*thresholds, "then")
    found: dict[str, int | str | None] = {
        "count": table.count("count") if "count" in thresholds else None,
        **{name: _duration(table, name) for name in ("window", "grace") if name in thresholds},
        "after": _after(table) if "after" in thresholds else None,
        "network": table.choice("network", ("changed", "any"), "") if "network" in thresholds else None,
    }
    then = table.choice("then", THEN, usual.then)
    return AlertRule(then, {**thresholds, **{key: value for key, value in found.items() if value}})


def _duration(table: Table, name: str) -> int | None:
    given = table.durations(name)
    if name in given and given[name] is None:
        table.wrong(name, "a duration: without one there is nothing to look at", None)
    return given.get(name)


def _after(table: Table) -> int | str | None:
    """A share of the idle limit, a duration, or `overnight`."""
    found = table.text("after", _pause)
    return found if found is None or found == "overnight" or found.endswith("%") else parse_duration(found)


def _pause(text: str) -> str:
    expected = 'a share of the idle limit such as "50%", a duration, or "overnight"'
    if text == "overnight":
        return text
    if text.endswith("%"):
        return values.share(text)
    try:
        usable = parse_duration(text) is not None
    except ValueError:
        usable = False
    if not usable:
        raise values.Unfit(expected, values.nearest(text, ("overnight",)))
    return text
