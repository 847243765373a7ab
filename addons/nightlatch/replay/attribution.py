"""Who asks for a route: a person, or a program on its own? By the shape of its requests, its rhythm and its name.

Guesses; they inform, and decide nothing but what `kept_alive_by_polling` is about.
"""

import re
from collections.abc import Mapping
from enum import StrEnum

from nightlatch.core.activity import is_preflight
from nightlatch.core.request import RequestView


class LooksLike(StrEnum):
    """What a route looks like."""

    PERSON = "person"
    """Nothing says otherwise."""
    POLL = "poll"
    """A timer asks for news."""
    HEARTBEAT = "heartbeat"
    """A timer tells that the page is still open."""
    REFRESH = "refresh"
    """A new token is fetched for the same session."""
    STREAM = "stream"
    """An event stream, a WebSocket, or one that reconnects."""
    PREFETCH = "prefetch"
    """The browser fetches what the person might want next."""
    PREFLIGHT = "preflight"
    """The browser asks whether a request to another site may be made (CORS)."""


MACHINES = frozenset((LooksLike.POLL, LooksLike.HEARTBEAT))
"""What keeps a session alive while nobody is there."""

UNATTENDED = MACHINES | {LooksLike.REFRESH}
"""What should not count as activity; the others do not anyway."""

_REFRESH = re.compile(
    r"(?i).*/((oauth2?|auth|connect)/token|(token|session|auth|jwt)s?/?refresh\w*|refresh([_-]?tokens?)?)/?"
)
_HEARTBEAT = re.compile(
    r"(?i)(.*[/_.-])?(heart-?_?beat|keep-?_?alive|still-?_?alive|alive|ping|touch|presence)([/_.-].*)?"
)
_NEWS = re.compile(r"(?i)(.*[/_.-])?(poll\w*|notifications?|updates?|changes|status|unread|inbox|graphql)([/_.-].*)?")
_PREFETCH = (("sec-purpose", "prefetch"), ("sec-purpose", "prerender"), ("purpose", "prefetch"), ("x-moz", "prefetch"))


def shape(request: RequestView, streamed: bool) -> LooksLike | None:
    """What a single request tells; None where only the rhythm can.

    Args:
        request: the request.
        streamed: its answer came bit by bit.
    """
    if is_preflight(request):
        return LooksLike.PREFLIGHT
    if streamed or "upgrade" in request.headers or "text/event-stream" in request.header("accept"):
        return LooksLike.STREAM
    if any(word in request.header(field).lower() for field, word in _PREFETCH):
        return LooksLike.PREFETCH
    return None


def looks_like(method: str, path: str, shapes: Mapping[LooksLike, int], requests: int, every: int | None) -> LooksLike:
    """What a route looks like.

    Args:
        method: of the route, upper case.
        path: of the route.
        shapes: how many of its requests have each `shape`.
        requests: how many it has in all.
        every: the gap at which a timer sends them; None where none does.
    """
    most = max(shapes, key=lambda each: shapes[each], default=None)
    if most is not None and shapes[most] * 2 >= requests:
        return most
    if _REFRESH.fullmatch(path) and (method == "POST" or every is not None):
        return LooksLike.REFRESH
    if every is None:
        return LooksLike.PERSON
    if _HEARTBEAT.fullmatch(path) or (method != "GET" and not _NEWS.fullmatch(path)):
        return LooksLike.HEARTBEAT
    return LooksLike.POLL
