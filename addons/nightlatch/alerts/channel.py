"""What a channel is: a receiver with a name, what it wants to be told, and how to tell it. Values and a protocol only;
`dispatcher` does the rest, the same for all of them."""

from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple, Protocol

from nightlatch.core.alert import Alert
from nightlatch.core.events import Chained, EventType
from nightlatch.ledger.alerts_port import Delivery


class Fate(Enum):
    """What became of an attempt."""

    DONE = "done"
    """The receiver has it."""
    DOWN = "down"
    """The receiver does not answer, or is overloaded: later, and the same for all that waits for it."""
    PUT_OFF = "put_off"
    """This one failed; others may well succeed meanwhile."""
    REFUSED = "refused"
    """The receiver will never have it."""


class Outcome(NamedTuple):
    """The fate of an attempt, and the reason when it failed."""

    fate: Fate
    error: str = ""
    retry_after: int = 0
    """Microseconds that the receiver asks to be left alone for."""


class Told(NamedTuple):
    """An event that a channel may want, and the alert that it tells of (for `alert.raised`)."""

    chained: Chained
    alert: Alert | None


class Channel(Protocol):
    """One receiver."""

    name: str
    """The same after a restart; what waits for it in the ledger is found by it. Holds no secret."""
    wants: frozenset[EventType]
    at_once: int
    """How many deliveries go into one attempt."""
    pause: int
    """Microseconds between two attempts that succeed: so that a storm does not become one at the receiver."""

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """The body to be delivered under the idempotency key `key`; None when there is nothing to tell."""

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """Try once. Raises nothing."""
