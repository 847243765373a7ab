"""The `[alerts]` table of a policy file: which detectors run, with which thresholds, and what follows."""

from nightlatch.core import policy_values as values
from nightlatch.core.policy import AlertRule
from nightlatch.core.policy_table import Table

DETECTORS: dict[str, tuple[str, ...]] = {
    "refresh_storm": ("count", "window"),
    "idle_flare": ("after", "network"),
    "reuse_after_end": (),
    "rotation_reuse": (),
}
"""Known detectors, and the thresholds that each takes."""

DEFAULTS = {"rotation_reuse": AlertRule(then="end")}
"""In force unless the file says otherwise (law of trust 11)."""


def read_alerts(root: Table) -> dict[str, AlertRule]:
    """All alerts by detector; an unknown detector is a mistake."""
    table = root.table("alerts")
    table.known(*DETECTORS)
    given = {name: _alert(table.table(name), DETECTORS[name]) for name in table.values if name in DETECTORS}
    return DEFAULTS | given


def _alert(table: Table, thresholds: tuple[str, ...]) -> AlertRule:
    table.known(*thresholds, "then")
    found: dict[str, int | str | None] = {
        "count": table.count("count") if "count" in thresholds else None,
        "window": table.durations("window").get("window") if "window" in thresholds else None,
        "after": table.text("after", values.share) if "after" in thresholds else None,
        "network": table.choice("network", ("changed", "any"), "") if "network" in thresholds else None,
    }
    then = table.choice("then", ("alert", "step_up", "end"), "alert")
    return AlertRule(then, {key: value for key, value in found.items() if value})
