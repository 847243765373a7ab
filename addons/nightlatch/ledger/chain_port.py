"""The port of the audit trail's chain: its links as they are stored, where it begins, and what may be removed of it."""

from collections.abc import Iterable
from typing import NamedTuple, Protocol

from nightlatch.core.events import GENESIS


class Link(NamedTuple):
    """An event as it lies in the chain. `payload` is its canonical form, which was hashed; `at`, `type`, `session` and
    `subject` repeat what is in it."""

    id: int
    at: int
    type: str
    session: str | None
    subject: str | None
    payload: str
    prev: str
    hash: str


class ChainBase(NamedTuple):
    """Where the chain that is kept begins: the id and hash of the last event that was pruned (0 and zeros: none)."""

    id: int = 0
    hash: str = GENESIS


class ChainReader(Protocol):
    """What can be asked of the chain."""

    def links(self) -> Iterable[Link]:
        """The whole chain as it is stored, oldest first, for `chain.verify_chain`."""

    def last_link(self) -> int:
        """The id of the last event that was ever added, even when it is no longer there; 0 when there was none."""

    def link(self, event_id: int) -> Link | None:
        """One event of the chain as it is stored."""

    def chain_base(self) -> ChainBase:
        """What the oldest event that is kept must name as its predecessor."""

    def last_before(self, instant: int) -> int:
        """The id of the last event of those, from the oldest on, that all happened before `instant`; 0 for none."""


class ChainWriter(Protocol):
    """What can be changed of it."""

    def prune(self, until: int, at: int, policy: str) -> int:
        """Durable. Remove the events up to and with the id `until`, but never the newest; an `audit.pruned` event tells
        how far and what the hash there was, so that the rest can still be proven. How many were removed."""
