"""The part of the ledger's port that is about what is going on now: which sessions are being used, and by what;
and ending several
sessions in one go. `port.LedgerReader` and `port.LedgerWriter` include it."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from nightlatch.core.events import Event
from nightlatch.core.session import End, Session, State

if TYPE_CHECKING:
    from nightlatch.ledger.port import Decision


class LiveReader(Protocol):
    """What can be asked about what is going on now. Safe on the event loop, though some of it takes its time."""

    def sessions(
        self, *, state: State | None = None, subject: str | None = None, limit: int | None = None
    ) -> Sequence[Session]:
        """Sessions, newest `started_at` first."""

    def active_since(self, site: str, at: int, limit: int) -> Sequence[Session]:
        """Live sessions of `site` with activity after the instant `at`, the earliest activity first."""

    def last_counted(self) -> Mapping[str, "Decision"]:
        """By session the last logged decision that counted as activity, as far as the log reaches. Reads all of it."""

    def decisions_after(self, position: int, limit: int) -> Sequence[tuple[int, "Decision"]]:
        """Logged decisions after a position in the log, oldest first, each with its position."""

    def last_decision(self) -> int:
        """The position of the last logged decision; 0 when there is none."""


class LiveWriter(Protocol):
    """What can be changed of several at once."""

    def end_each(self, endings: Sequence[tuple[str, End, Event]]) -> int:
        """Durable. End live sessions, by id, each with its event; how many were ended."""
