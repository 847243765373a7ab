"""The part of the ledger's port that is about alerts: raising and reading them, the networks that people come from,
and what is on its way to receivers. `port.LedgerReader` and `port.LedgerWriter` include it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple, Protocol

from nightlatch.core.alert import Alert, Finding
from nightlatch.core.policy import DAY

PLACES_KEPT = 31 * DAY


class Place(NamedTuple):
    """A network (/24 or /48) from which somebody has used a site. `who` is a subject, else a session's id."""

    site: str
    who: str
    network: str
    at: int
    """Microseconds on nightlatch's clock."""


class Delivery(NamedTuple):
    """Something on its way to a receiver: written before it is sent, gone once the receiver has it."""

    id: str
    """The same at every attempt: by it a receiver knows a repetition."""
    receiver: str
    event: int
    """The id of the event that it tells of."""
    body: str
    attempts: int = 0
    """How often it was tried, the attempt for which it was claimed included."""


class Backlog(NamedTuple):
    """What waits for a receiver."""

    receiver: str
    waiting: int
    refused: int
    """Those that the receiver will not have."""
    error: str
    """What went wrong last; empty when nothing did."""


class AlertReader(Protocol):
    """What can be asked about alerts. Safe on the event loop."""

    def alerts(
        self, *, after: int = 0, detector: str | None = None, since: int | None = None, session: str | None = None
    ) -> Sequence[Alert]:
        """Alerts with an id above `after`, oldest first; `since`: last found at or after that instant."""

    def alert(self, alert_id: int) -> Alert | None: ...
    def alert_counts(self) -> Mapping[str, int]:
        """How often each detector found something, over all its alerts."""

    def places(self, site: str, who: str, since: int) -> Sequence[str]:
        """The networks from which `who` has used `site` since then, the latest first."""

    def backlogs(self) -> Sequence[Backlog]:
        """The receivers that are known, by name."""

    def is_due(self, receiver: str, wall: int) -> bool:
        """Whether anything for a receiver is due by now (wall time)."""

    def told(self, receiver: str) -> int | None:
        """The id of the last event that was considered for a receiver; None for one that is not known."""


class AlertWriter(Protocol):
    """What can be changed about alerts. Calls marked durable return only when the change would survive a power cut."""

    def raise_alert(self, finding: Finding, then: str, policy: str) -> Alert | None:
        """Durable. Raise an alert, or count `finding` in the one that is open, and do what follows (`then`: alert,
        step_up, end) with the finding's session; all of it or nothing. None when `finding.cause` was known already."""

    def close_alerts(self, now: int) -> int:
        """Durable. Close the alerts whose detectors have been quiet; one that went on is told again, by an event with
        its count. How many were closed."""

    def note_places(self, places: Iterable[Place]) -> None:
        """Not durable. Remember where people come from; what is older than 31 days is forgotten."""

    def enlist(self, receiver: str) -> None:
        """Durable. A receiver that is new is told of what happens from now on."""

    def dispatch(self, receiver: str, *, after: int, until: int, deliveries: Iterable[Delivery]) -> bool:
        """Durable. Put `deliveries` on their way and note that the events `after < id <= until` were considered for
        `receiver`; False (and nothing is) when another guard was first."""

    def claim(self, receiver: str, wall: int, lease: int, limit: int) -> Sequence[Delivery]:
        """Durable. Take up to `limit` deliveries that are due, the oldest first; whoever claims them settles them
        within `lease` microseconds of wall time, or somebody else will try."""

    def delivered(self, deliveries: Iterable[str]) -> None:
        """Durable. The receiver has them."""

    def put_off(self, receiver: str, deliveries: Iterable[str], due_at: int, error: str, *, all_of_it: bool) -> None:
        """Durable. To be tried again at `due_at` (wall time); with `all_of_it` so is whatever else waits for the
        receiver, which seems to be down."""

    def refuse(self, delivery: str, error: str) -> None:
        """Durable. The receiver will not have it, now or later; it is kept, and not tried again."""
