"""One recorded exchange: what every reader yields and the simulation judges. Knows no file format."""

from typing import NamedTuple

from nightlatch.core.request import RequestView


class Recorded(NamedTuple):
    """What a guard's own recording knows beyond the wire; a replay prefers it to guessing."""

    session: str | None
    subject: str | None
    authenticated_at: int | None
    groups: tuple[str, ...]
    verdict: str


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
    origin: str
    """`scheme://host[:port]` of the target."""
    status: int
    """0 when there was no answer."""
    set_cookies: tuple[str, ...] = ()
    request_size: int = 0
    recorded: Recorded | None = None


class Skipped(NamedTuple):
    """An entry that could not be read: where (`entries[17]`) and why."""

    at: str
    why: str
