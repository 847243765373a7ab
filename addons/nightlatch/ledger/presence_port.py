"""The part of the ledger's port that is about what is there: the ledger itself, and the processes that use it.
`port.LedgerReader` includes it."""

from collections.abc import Mapping
from typing import NamedTuple, Protocol


class LedgerFacts(NamedTuple):
    """What `doctor` tells about a ledger."""

    path: str
    schema: int
    sessions: Mapping[str, int]
    """How many in each state; a state without sessions is left out."""
    events: int
    bytes: int


class PresenceReader(Protocol):
    """What can be asked about it. Safe on the event loop."""

    def still_there(self) -> None:
        """Raise `LedgerError` when this is no longer the ledger that was opened, or it cannot be reached. Asked on
        every request: waits for nothing."""

    def process(self) -> int:
        """The number by which this process is known on this ledger: `Guard.pid` and `Hold.pid` of its guards."""

    def runs(self, process: int) -> bool:
        """Whether a guard's process of that number still runs, on whichever machine it is."""

    def is_here(self, process: int) -> bool:
        """Whether a process of that number is, or was, on this machine."""

    def facts(self) -> LedgerFacts: ...
