"""What requests of one connection have in common: a client sends the same header fields again and again, and what
follows from them alone is worked out once.

Pure functions of header fields, connection and settings are remembered, never a decision, a session or a time. It is
forgotten with the connection, bounded, and nothing is shared between connections.
"""

from dataclasses import dataclass, field

from mitmproxy import http

from nightlatch.core.identity import Presented
from nightlatch.core.request import Headers
from nightlatch.proxy.admission import Target
from nightlatch.proxy.inbound_headers import Fields

Key = tuple[Fields, bytes, bytes, bytes, str, int, bool]
"""Header fields, authority, version, the site (scheme, host, port), and whether the client came by TLS."""

ON_A_CONNECTION = 8
IN_ALL = 4096
LARGEST = 8192
"""Bytes of header fields; what is larger, or would be one more, is worked out anew."""


@dataclass(slots=True)
class Alike:
    """What follows from a `Key` on one connection."""

    headers: Headers
    host: str
    address: str
    has_body: bool
    target: Target
    site: str
    origin: str
    cookie: str
    identity: Presented | None
    """Where it hangs on the header fields alone; None for tokens, and where an application's cookie is adopted."""
    admitted: bool = False
    """That it can be judged was found out; not being admitted is found out each time."""
    onward: dict[tuple[str, Fields], tuple[Fields, bytes]] = field(default_factory=dict)
    """By method and fields as they were judged: fields and authority with which an allowed request goes on, before it
    is told of the person."""


def key_of(flow: http.HTTPFlow) -> Key:
    """All that `Alike` is made of, beside the connection."""
    raw = flow.request.data
    tls = flow.client_conn.tls_established
    return raw.headers.fields, raw.authority, raw.http_version, raw.scheme, raw.host, raw.port, tls


class Connections:
    """What is remembered of each open connection."""

    def __init__(self) -> None:
        self._known: dict[str, dict[Key, Alike]] = {}
        self._count = 0

    def find(self, connection: str, key: Key) -> Alike | None:
        """What is remembered of such a request on the connection with that id."""
        known = self._known.get(connection)
        return None if known is None else known.get(key)

    def keep(self, connection: str, key: Key, alike: Alike) -> None:
        """Remember it, unless it is large; of a connection the last few."""
        if sum(len(name) + len(value) for name, value in key[0]) > LARGEST:
            return
        if self._count >= IN_ALL:
            self._known.clear()
            self._count = 0
        known = self._known.setdefault(connection, {})
        if len(known) >= ON_A_CONNECTION:
            del known[next(iter(known))]
            self._count -= 1
        known[key] = alike
        self._count += 1

    def closed(self, connection: str) -> None:
        """Forget the connection."""
        self._count -= len(self._known.pop(connection, ()))

    def __len__(self) -> int:
        return self._count
