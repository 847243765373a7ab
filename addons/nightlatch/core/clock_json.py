"""nightlatch's time as others see it: the JSON that the command line and the control API share."""

from typing import Any

from nightlatch.core.durations import seconds_down
from nightlatch.core.instants import rfc3339


def clock_document(now: int, wall: int, *, frozen: bool) -> dict[str, Any]:
    """`now` on nightlatch's clock and the wall time at that instant, both in microseconds; the offset in seconds.

    `offset` is negative after a freeze, when nightlatch's time is behind.
    """
    offset = now - wall
    return {
        "now": rfc3339(now),
        "wall": rfc3339(wall),
        "offset": seconds_down(offset) if offset >= 0 else -seconds_down(-offset),
        "frozen": frozen,
    }
