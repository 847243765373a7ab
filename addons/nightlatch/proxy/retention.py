"""What a policy says of how long the trail is kept (`[audit] keep`) is done by the guard itself, once an hour.

On a thread and connections of its own: a first pruning may take seconds, and neither the loop nor whoever waits for a
write shall notice.
"""

import asyncio
from pathlib import Path

from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch.proxy.guard import Guard

EVERY = 3600.0
"""Seconds."""


async def keep_to_policy(guard: Guard) -> int:
    """Prune what the policy in force no longer wants kept; how many events went.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    keep = guard.policy.audit.keep
    if keep is None:
        return 0
    now = guard.clock.now()
    return await asyncio.to_thread(_prune, guard.settings.ledger, now - keep, now, guard.policy.version)


def _prune(ledger: Path, before: int, now: int, version: str) -> int:
    reader = open_reader(ledger)
    try:
        until = reader.last_before(before)
    finally:
        reader.close()
    if until == 0:
        return 0
    writer = open_writer(ledger)
    try:
        return writer.prune(until, now, version)
    finally:
        writer.close()
