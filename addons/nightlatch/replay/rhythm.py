"""Does somebody press a key, or does a timer run? What the times of one session's requests to one route tell.

Gets instants, knows neither requests nor policies.
"""

from collections.abc import Iterable, Sequence
from itertools import pairwise
from statistics import median_low

from nightlatch.core.policy import MINUTE, SECOND

LEAST_REPEATS = 5
"""So many requests have to follow each other steadily to look like a timer."""

_SLOWEST = 15 * MINUTE
_FASTEST = SECOND // 2
_TWO_RHYTHMS = 10
"""So many gaps it takes to tell two timers: two tabs, or one tab that browsers wake once a minute while hidden."""


def rhythm(times: Sequence[int]) -> int | None:
    """The gap at which requests at `times` (microseconds, ascending) come as a timer sends them; None if none does.

    Steady are at least five requests, four of five gaps within a quarter of the usual one, which is neither a burst
    nor longer than a quarter of an hour. A laptop that slept leaves one gap that is not, and so does no harm. Of ten
    gaps and more, nine of ten may be near either of two usual ones.
    """
    if len(times) < LEAST_REPEATS:
        return None
    gaps = [after - before for before, after in pairwise(times)]
    usual = median_low(gaps)
    if not _FASTEST <= usual <= _SLOWEST:
        return None
    others = [gap for gap in gaps if abs(gap - usual) > usual / 4]
    near = len(gaps) - len(others)
    if near * 5 >= len(gaps) * 4:
        return usual
    return usual if len(gaps) >= _TWO_RHYTHMS and _second(others) + near >= len(gaps) * 9 / 10 else None


def _second(gaps: list[int]) -> int:
    """How many of `gaps` are within a tenth of the usual one of them."""
    usual = median_low(gaps)
    return sum(abs(gap - usual) <= usual / 10 for gap in gaps) if _FASTEST <= usual <= _SLOWEST else 0


def common_rhythm(sessions: Iterable[Sequence[int]]) -> int | None:
    """The gap at which a route is asked by a timer, by the times of each session that asked it; None if people ask.

    Of the requests by sessions that came often enough to tell, at least half must be steady: among thousands of people
    a few always click like clockwork.
    """
    told = [(len(times), rhythm(times)) for times in sessions if len(times) >= LEAST_REPEATS]
    steady = [(count, gap) for count, gap in told if gap is not None]
    if sum(count for count, _ in steady) * 2 < sum(count for count, _ in told):
        return None
    return max(steady, default=(0, None), key=lambda each: each[0])[1]
