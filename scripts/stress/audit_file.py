"""Reads what `--audit-file` wrote: every event must be there as a line of its own, at least once. A line that a kill
cut off may be there too."""

import json
import time
from collections.abc import Iterator
from pathlib import Path

from scripts.stress.opened import reading

PATIENCE = 30.0
"""Seconds for which a guard may go on writing what it has not yet."""


def missing(file: Path, ledger: str, last: int) -> list[str]:
    """What is wrong: events up to the id `last` that are neither in a line nor waiting in the ledger, where a guard
    that was killed while it wrote leaves them for a minute. Waits for a guard that is still at it."""
    until = time.monotonic() + PATIENCE
    while (absent := set(range(1, last + 1)) - set(_ids(file))) and time.monotonic() < until:
        if len(absent) <= _waiting(ledger):
            return []
        time.sleep(0.1)
    return [f"{len(absent)} events are not in the audit file, such as {min(absent)}"] if absent else []


def _waiting(ledger: str) -> int:
    with reading(ledger) as reader:
        return sum(each.waiting for each in reader.backlogs())


def _ids(file: Path) -> Iterator[int]:
    for line in file.read_bytes().splitlines():
        try:
            yield int(json.loads(line)["id"])
        except (ValueError, KeyError, TypeError):
            continue
