"""Several captures as one timeline: in order of start, ties in the order of the files and of the entries in them."""

from collections.abc import Sequence
from operator import attrgetter
from typing import NamedTuple

from nightlatch.replay.exchange import Capture, Exchange, Skipped


class Timeline(NamedTuple):
    """Everything that is to be judged, in the order in which it happened."""

    files: tuple[str, ...]
    exchanges: list[Exchange]
    skipped: list[Skipped]
    warped: int = 0
    """How many answers came from a guard whose clock was moved."""

    @property
    def begins(self) -> int:
        """Start of the first request, microseconds; 0 when there is none."""
        return self.exchanges[0].at if self.exchanges else 0

    @property
    def ends(self) -> int:
        """Start of the last request, microseconds; 0 when there is none."""
        return self.exchanges[-1].at if self.exchanges else 0


def timeline(captures: Sequence[Capture]) -> Timeline:
    """The captures as one; where there are several, skipped entries are named with their file."""
    exchanges = [exchange for capture in captures for exchange in capture.exchanges]
    exchanges.sort(key=attrgetter("at"))
    several = len(captures) > 1
    skipped = [
        skip._replace(at=f"{capture.file}: {skip.at}") if several else skip
        for capture in captures
        for skip in capture.skipped
    ]
    warped = sum(capture.warped for capture in captures)
    return Timeline(tuple(capture.file for capture in captures), exchanges, skipped, warped)
