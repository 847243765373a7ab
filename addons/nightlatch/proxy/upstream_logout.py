"""When a session ends here, the application's own ends too: its logout is asked for with what the browser last sent.

Whoever ended it: the trail tells, of this process and of every other on the ledger. The raw cookies are kept in memory
only, for as long as the session lives, and bounded; after a restart nothing is known of sessions from before.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from typing import NamedTuple

from nightlatch.core.events import EventType
from nightlatch.ledger.port import LedgerReader
from nightlatch.proxy.settings_logout import UpstreamRequest

log = logging.getLogger(__name__)

PATIENCE = 5.0
"""Seconds."""
_MOST = 10_000
_CARRIED = ("cookie", "authorization")
_ENDS = (EventType.SESSION_ENDED, EventType.SESSION_EXPIRED)

Send = Callable[[UpstreamRequest, str, Mapping[str, str]], Awaitable[int]]
"""Sends a request to a site with header fields; the status of the answer."""


class Carried(NamedTuple):
    """What a session's requests carry to the application."""

    site: str
    fields: Mapping[str, str]


async def send(request: UpstreamRequest, site: str, fields: Mapping[str, str]) -> int:
    """Ask the application; follows no redirect."""
    from tornado.httpclient import HTTPRequest
    from tornado.simple_httpclient import SimpleAsyncHTTPClient

    client = SimpleAsyncHTTPClient(force_instance=True)
    asked = HTTPRequest(
        site + request.path,
        request.method,
        headers={**fields, **({"Origin": site} if request.method == "POST" else {})},
        body=b"" if request.method == "POST" else None,
        request_timeout=PATIENCE,
        connect_timeout=PATIENCE,
        follow_redirects=False,
    )
    try:
        return (await client.fetch(asked, raise_error=False)).code
    finally:
        client.close()


class UpstreamLogout:
    """Remembers what sessions carry, and logs out those that are over."""

    def __init__(self, request: UpstreamRequest, reader: LedgerReader, sending: Send = send) -> None:
        self._request, self._reader, self._send = request, reader, sending
        self._carried: OrderedDict[str, Carried] = OrderedDict()
        self._version, self._seen = -1, reader.last_link()
        self._tasks: set[asyncio.Task[None]] = set()

    def remember(self, session_id: str, site: str, headers: Mapping[str, str]) -> None:
        """A request of the session goes to the application, with these header fields."""
        fields = {name: headers[name] for name in _CARRIED if name in headers}
        if fields:
            self._carried[session_id] = Carried(site, fields)
            self._carried.move_to_end(session_id)
        if len(self._carried) > _MOST:
            self._carried.popitem(last=False)

    def look(self) -> None:
        """Log out of the application whoever has no session any more; to be called a few times a second.

        Raises:
            LedgerError: the ledger cannot be read.
        """
        if not self._carried or (version := self._reader.version()) == self._version:
            return
        self._version = version
        for chained in self._reader.events(after=self._seen, types=_ENDS):
            self._seen = chained.id
            carried = self._carried.pop(chained.event.session or "", None)
            if carried is not None:
                task = asyncio.get_running_loop().create_task(self._log_out(carried))
                self._tasks.add(task)
                task.add_done_callback(self._tasks.discard)

    async def _log_out(self, carried: Carried) -> None:
        try:
            status = await self._send(self._request, carried.site, carried.fields)
        except Exception as problem:  # whatever it is: nobody waits for it, and it must be told without what was sent
            log.warning("%s%s: logging out there failed (%s)", carried.site, self._request.path, type(problem).__name__)
            return
        if status >= 400:
            log.warning(
                "%s%s answers %d: somebody may be logged in there still", *carried[:1], self._request.path, status
            )
