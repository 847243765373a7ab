"""The figures of a guard, put together from what it counts and what the ledger holds."""

from collections import Counter
from typing import NamedTuple

from nightlatch.audit.last_review import overdue
from nightlatch.core.policy import SECOND, Policy
from nightlatch.ledger.port import LedgerReader
from nightlatch.metrics.snapshot import Decided, Latency, Snapshot


class Standing(NamedTuple):
    """What the guard itself knows at one instant; `now` and `wall` are microseconds."""

    policy: Policy
    now: int
    wall: int
    decisions: Counter[Decided]
    latency: Latency
    usable: bool


def figures(reader: LedgerReader, standing: Standing) -> Snapshot:
    """Everything that is told; looks at the whole ledger, so not on the event loop.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    facts, policy = reader.facts(), standing.policy
    return Snapshot(
        decisions=standing.decisions,
        latency=standing.latency,
        sessions=facts.sessions,
        events=facts.events,
        ledger_bytes=facts.bytes,
        ledger_usable=standing.usable,
        alerts=reader.alert_counts(),
        policy=policy.name,
        policy_version=policy.version,
        clock_ahead=(standing.now - standing.wall) / SECOND,
        review_overdue=(overdue(reader, policy, standing.now) or 0) / SECOND,
    )
