"""The `[audit]` table of a policy file: how long the trail is kept, and sessions after their end."""

from nightlatch.core.policy import Audit
from nightlatch.core.policy_table import Table


def read_audit(table: Table) -> Audit:
    """`[audit]`; without it everything is kept for ever."""
    table.known("keep", "keep_sessions")
    given = table.durations("keep", "keep_sessions")
    keep = given.get("keep")
    return Audit(keep, given.get("keep_sessions", keep))
