"""The `[remember]` table of a policy file: the limits of sessions whose person asked at the login to be remembered."""

from nightlatch.core.policy_table import Table

REMEMBER = ("idle", "absolute")
"""What the table may set: whatever else there is holds for every session alike."""


def read_remember(root: Table) -> dict[str, int | None]:
    """The limits that `[remember]` gives, microseconds, None being off; empty without the table."""
    table = root.table("remember")
    table.known(*REMEMBER)
    if root.values.get("remember") == {}:
        table.report.add(table.path, "[remember] without a limit", 'how long people are remembered: absolute = "30d"')
    return table.durations(*REMEMBER)
