"""The `[audit]` table of a policy file: how long the trail is kept."""

from nightlatch.core.policy import Audit
from nightlatch.core.policy_table import Table


def read_audit(table: Table) -> Audit:
    """`[audit]`; without it events are kept for ever."""
    table.known("keep")
    return Audit(table.durations("keep").get("keep"))
