"""Browsers that go through the login and are sent to it again: after the third time within ten seconds they are told.

Usual causes: the page that the login leads to is guarded although it belongs to the login, or the browser does not
keep the cookie. A redirect alone is no loop: many tabs, reloads and tests ask for one page again and again without
logging in. So only those count that follow a passage through the login. Pure but for its memory.
"""

from collections import OrderedDict
from dataclasses import dataclass, field

WINDOW = 10_000_000
"""Microseconds."""
LIMIT = 3
_REMEMBERED = 1024

Client = tuple[str, str]
"""Address and user agent."""


@dataclass(slots=True)
class _Trail:
    passed: bool = False
    """Went through the login since the last redirect."""
    bounces: dict[str, list[int]] = field(default_factory=dict)


class Bounces:
    """Counts the redirects to the login that led nowhere, by client and path."""

    def __init__(self) -> None:
        self._trails: OrderedDict[Client, _Trail] = OrderedDict()

    def __bool__(self) -> bool:
        """Whether anybody was sent to the login lately."""
        return bool(self._trails)

    def went_through(self, client: Client) -> None:
        """The client logged in, or the login page sent it on."""
        if client in self._trails:
            self._trails[client].passed = True

    def let_in(self, client: Client) -> None:
        """A request of the client was allowed: no loop."""
        self._trails.pop(client, None)

    def bounced(self, client: Client, path: str, at: int, *, counts: bool = False) -> bool:
        """Note one more redirect at `at` (monotonic microseconds); whether it is the third of a loop.

        With `counts` it is one without a passage through the login: the login page itself was asked for.
        """
        trail = self._trails.setdefault(client, _Trail())
        self._trails.move_to_end(client)
        if len(self._trails) > _REMEMBERED:
            self._trails.popitem(last=False)
        times = trail.bounces.get(path, [])
        times = [*times[1 - LIMIT :], at] if counts or trail.passed or not times else [at]
        trail.bounces = {path: times}
        trail.passed = False
        return len(times) == LIMIT and at - times[0] < WINDOW
