"""What detectors look at: audit events, and what a guard notices of requests that no event tells.

Values only; `observer` makes facts of requests, `of_event` of events.
"""

from collections.abc import Mapping
from typing import NamedTuple

from nightlatch.core.events import Chained, Field

REQUEST = "request"
"""A request of a live session that came from another network or agent than the one before, or after a long pause.
Its detail: `gap` and `limit` (microseconds), `before_network`, `before_agent`, `familiar`."""
BEAT = "request.active"
"""An active request of a session; only told while a detector wants it."""
FOREIGN = "request.foreign"
"""A request of a live session whose credential names another subject; `named` is that."""
BOUNCED = "request.bounced"
"""A browser was sent to the login; `path`, and `loop` when it was told that it goes round in circles."""
SKEWED = "token.skewed"
"""A token from the future; `ahead` (microseconds), where that is known."""
KEPT = "login.kept"
"""The application logged somebody in without a new session cookie."""
REPLACED = "credential.replaced"
"""A credential was used after it was replaced and its grace was over, and the session goes on."""


class Fact(NamedTuple):
    """One thing that happened. `id` is that of the event; 0 for a request."""

    kind: str
    at: int
    session: str | None = None
    subject: str | None = None
    network: str = ""
    agent: str = ""
    id: int = 0
    detail: Mapping[str, Field] = {}

    def whole(self, name: str) -> int:
        """A number of the detail; 0 where there is none."""
        value = self.detail.get(name)
        return value if isinstance(value, int) else 0

    def text(self, name: str) -> str:
        """A text of the detail; empty where there is none."""
        value = self.detail.get(name)
        return value if isinstance(value, str) else ""


def of_event(chained: Chained) -> Fact:
    """The fact that an event is."""
    event = chained.event
    who = (event.session, event.subject, event.network, event.agent)
    return Fact(str(event.type), event.at, *who, chained.id, event.detail)
