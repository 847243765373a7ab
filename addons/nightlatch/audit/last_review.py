"""The review before this one: when, by whom, what the figures were, and what has changed in the policy since."""

from collections.abc import Callable
from typing import NamedTuple

from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import Policy
from nightlatch.core.policy_diff import Difference, differences
from nightlatch.ledger.port import LedgerReader


class Last(NamedTuple):
    """The last review that was done."""

    at: int
    by: str
    policy: str
    """The version in force then."""
    figures: dict[str, int]


def last_review(reader: LedgerReader) -> Last | None:
    """The newest `audit.reviewed` event; None when there was no review.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    found: Event | None = None
    for chained in reader.events(types=(EventType.AUDIT_REVIEWED,)):
        found = chained.event
    if found is None:
        return None
    figures = {name: value for name, value in found.detail.items() if type(value) is int and name != "since"}
    return Last(found.at, str(found.detail.get("by")), found.policy, figures)


def overdue(reader: LedgerReader, policy: Policy, now: int) -> int | None:
    """By how much the next review is overdue, microseconds; None when it is not, or none is asked for. Where there was
    none yet, it counts from the first event that is kept."""
    if policy.review_every is None:
        return None
    last = last_review(reader)
    since = last.at if last is not None else _beginning(reader)
    late = None if since is None else now - since - policy.review_every
    return late if late is not None and late >= 0 else None


def _beginning(reader: LedgerReader) -> int | None:
    first = next(iter(reader.links()), None)
    return None if first is None else first.at


def changed(last: Last | None, policy: Policy, read: Callable[[str], Policy | None]) -> tuple[Difference, ...] | None:
    """What differs between the policy of the last review and the one in force; None where that cannot be told.

    Args:
        read: gives a policy of the ledger by its version.
    """
    if last is None:
        return None
    then = policy if last.policy == policy.version else read(last.policy)
    return None if then is None else differences(then, policy)
