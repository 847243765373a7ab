"""One recorded exchange: what every reader yields and the simulation judges. Knows no file format."""

from typing import NamedTuple

from nightlatch.core.request import RequestView
from nightlatch.core.session import Session

EARLIEST, LATEST = 0, 32_503_680_000_000_000
"""The instants at which a request can have been made: from 1970 until 3000. Some tools write the year 1 where they know
none, and whoever believes it has a session of two thousand years."""


class Recorded(NamedTuple):
    """What a guard's own recording knows beyond the wire; a replay prefers it to guessing."""

    session: Session | None
    """As it stood after this request; `end` left out."""
    ended_at: int | None
    """When it had ended, microseconds; None while it lived."""
    verdict: str
    reason: str
    clock: str | None = None
    limit: int | None = None
    elapsed: int | None = None


class Exchange(NamedTuple):
    """A request with its place, time and outcome."""

    position: int
    """Position of the entry in its file, from 0, skipped ones counted."""
    file: str
    at: int
    """Start of the request, microseconds since the epoch."""
    duration: int
    """How long the exchange took, microseconds; 0 when unknown."""
    request: RequestView
    """Equal requests of a file share one view, so that what is found out about one holds for all."""
    origin: str
    """`scheme://host[:port]` of the target."""
    status: int
    """0 when there was no answer."""
    set_cookies: tuple[str, ...] = ()
    streamed: bool = False
    """The answer came bit by bit (an event stream): how long it took is no activity (law of time 4)."""
    recorded: Recorded | None = None
    size: int = 0
    """Of the request's body, bytes; 0 when there was none or nobody said."""
    log: bool = False
    """From a log or a table: nothing is known of header fields beyond what has a column."""


class Skipped(NamedTuple):
    """An entry that could not be read: where (`entries[17]`) and why."""

    at: str
    why: str


class Capture(NamedTuple):
    """What one file held."""

    file: str
    exchanges: list[Exchange]
    skipped: list[Skipped]
    warped: int = 0
    """How many answers say that the clock of the guard that gave them was moved (`Nightlatch-Clock`)."""


class CaptureUnreadable(ValueError):
    """The whole file is of no use; the message names it and tells what was expected."""


class Unfit(ValueError):
    """One entry is of no use; the message says why."""
