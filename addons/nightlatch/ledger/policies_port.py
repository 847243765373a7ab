"""The part of the ledger's port that is about policies: every version that was in force, and who brought which into
force when and how. `port.LedgerReader` and `port.LedgerWriter` include it."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from nightlatch.core.events import Event


class PolicyVersion(NamedTuple):
    """A policy as it was when it came into force; `loaded_at` is the last time that it did."""

    name: str
    version: str
    text: str
    loaded_at: int


class PolicyChange(NamedTuple):
    """Another policy came into force for every guard that was started with the same `source`. The newest change of a
    source tells what is in force there; a restart changes nothing."""

    source: str
    """What `--policy` names: a preset, or the absolute path of a file."""
    name: str
    version: str
    changed_at: int
    actor: str
    """Who did it, as far as that is known."""
    how: str
    """`start`, `file`, `signal`, `api` or `rollback`."""
    previous: str | None
    """The version before; None for the first."""
    given: str
    """The version that the source itself held at that time: where it is another, this change overrides the source."""
    id: int = 0
    """Counts the changes; given by the ledger."""


class PolicyReader(Protocol):
    """What can be asked about policies."""

    def policies(self) -> Sequence[PolicyVersion]:
        """Every policy version that was ever in force, the last loaded first."""

    def policy_changes(self, source: str | None = None) -> Sequence[PolicyChange]:
        """The changes of one source, or all; the newest first."""

    def policy_in_force(self, source: str) -> PolicyChange | None:
        """The newest change of `source`; cheap to ask."""

    def policy_text(self, name: str, version: str) -> str | None:
        """The text of a version that was in force; None when it never was."""


class PolicyWriter(Protocol):
    """What can be changed of policies."""

    def policy(self, name: str, version: str, text: str, at: int) -> None:
        """Durable. Remember a policy version that came into force (one row a version, with the last time)."""

    def change_policy(self, change: PolicyChange, text: str, event: Event) -> PolicyChange:
        """Durable. Bring another policy into force, with its text and the event that tells so.

        A change by `file` is made once, whichever of several guards sees it first; and where nothing would differ,
        only the event is recorded.

        Returns:
            What is in force for the source now: this change, or the one that another guard made of the same file.
        """
