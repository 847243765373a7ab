"""What a detector finds, and what becomes of it: a finding, and the alert that stands in the ledger and counts.

Values only. Findings of one detector and one `key` that follow each other closely are one alert; the ledger groups
them, so that several guards on one ledger raise it once.
"""

from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.core.events import Field
from nightlatch.core.policy import MINUTE

QUIET = 10 * MINUTE
"""An alert is over when its detector has found nothing more for so long; what comes later is a new alert."""

PER_MINUTE = 10
"""So many alerts a detector may raise within a minute; what it finds beyond them goes into one that counts."""

REST = "*"
"""The key of the alert that counts what a detector found beyond `PER_MINUTE`."""


class Finding(NamedTuple):
    """What a detector says. Never holds a credential or a query string."""

    detector: str
    key: str
    """What it is grouped by: a session, a subject, a client, a network, a site."""
    at: int
    """Microseconds on nightlatch's clock."""
    why: str
    """One sentence for people."""
    session: str | None = None
    subject: str | None = None
    network: str = ""
    agent: str = ""
    cause: int = 0
    """The id of the event that told it; 0 when a request did."""
    detail: Mapping[str, Field] = {}
    times: int = 1
    """How many of the kind this stands for."""


class Alert(NamedTuple):
    """An alert as it stands in the ledger."""

    id: int
    detector: str
    key: str
    raised_at: int
    last_at: int
    """When its detector last found the same."""
    times: int
    """How often it did."""
    session: str | None
    subject: str | None
    network: str
    agent: str
    then: str
    """What follows: alert, step_up or end."""
    why: str
    event: int
    """The id of the `alert.raised` event that told of it."""
    policy: str
    """The policy's version."""
    open: bool
    """Whether what is found now still counts here."""
    detail: Mapping[str, Field] = {}
