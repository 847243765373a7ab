"""What the engine knows of one request, whoever brought it: a live flow, a HAR entry, a log line.

This module may not know where a request came from. A view holds what is needed to judge, and nothing
that must not be stored: credentials are read from `headers` by the identity package only.
"""

from collections.abc import Mapping
from typing import NamedTuple

Headers = Mapping[str, tuple[str, ...]]
"""Header fields: lower-case name to every value in the order it was sent."""


class RequestView(NamedTuple):
    """One request as the engine sees it."""

    method: str
    """Upper case."""
    host: str
    """Lower case, without a port; empty when unknown."""
    path: str
    """The raw request target without the query, exactly as the client sent it."""
    query: str
    """Raw, without `?`. Takes no part in matching and is never logged."""
    headers: Headers
    address: str
    """The client's IP address; empty when unknown."""
    has_body: bool = False
    message: str = ""
    """Not a request, but a message on the WebSocket that this one opened: from the `client`, or from the `server`."""

    def header(self, name: str) -> str:
        """The first value of the header `name` (lower case), or an empty string."""
        values = self.headers.get(name)
        return values[0] if values else ""
