"""Browsers that are sent to the login again and again: after the third time within ten seconds they are told why.

Usual causes: the login page is itself guarded, or the browser does not keep the cookie. Pure but for its memory.
"""

from collections import OrderedDict, deque

WINDOW = 10_000_000
"""Microseconds."""
LIMIT = 3
_REMEMBERED = 1024


class Bounces:
    """Counts the redirects to the login, by client and path."""

    def __init__(self) -> None:
        self._seen: OrderedDict[tuple[str, str, str], deque[int]] = OrderedDict()

    def bounced(self, address: str, agent: str, path: str, at: int) -> bool:
        """Note one more redirect at `at` (monotonic microseconds); whether it is the third within the window."""
        key = (address, agent, path)
        times = self._seen.setdefault(key, deque(maxlen=LIMIT))
        self._seen.move_to_end(key)
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        times.append(at)
        return len(times) == LIMIT and at - times[0] < WINDOW
