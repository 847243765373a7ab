"""What a policy says of how long things are kept (`[audit]`) is done by the guard itself, once an hour.

On a thread and connections of its own: a first pruning may take seconds, and neither the loop nor whoever waits for a
write shall notice.
"""

import asyncio
from contextlib import closing

from nightlatch.core.policy import Audit
from nightlatch.ledger.address import LedgerAddress
from nightlatch.ledger.opening import open_reader, open_writer
from nightlatch.ledger.retention import Gone, apply_retention
from nightlatch.proxy.guard import Guard

EVERY = 3600.0
"""Seconds."""


async def keep_to_policy(guard: Guard) -> Gone:
    """Let go what the policy in force no longer wants kept.

    Raises:
        LedgerError: the ledger cannot be used.
    """
    policy, now = guard.policy, guard.clock.now()
    return await asyncio.to_thread(_keep, guard.settings.ledger, policy.audit, now, policy.version)


def _keep(ledger: LedgerAddress, audit: Audit, now: int, version: str) -> Gone:
    with closing(open_reader(ledger)) as reader, closing(open_writer(ledger)) as writer:
        return apply_retention(reader, writer, audit, now, version)
