"""The `[concurrency]` table of a policy file: how many live sessions a person may have, and which of them gives way."""

from nightlatch.core.policy import Concurrency
from nightlatch.core.policy_table import Table


def read_concurrency(table: Table) -> Concurrency:
    """`[concurrency]`; without it there is no limit."""
    table.known("max", "then")
    if table.values and "max" not in table.values:
        table.report.add(table.path, "[concurrency] without max", "how many live sessions a person may have: max = 3")
    return Concurrency(table.count("max"), table.choice("then", ("end_oldest", "refuse"), "end_oldest"))
