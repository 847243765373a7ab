"""Server-sent events: writing them, and knowing when there is something new to write.

One look at the ledger ten times a second serves every stream, and nobody looks while there is none.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec

from nightlatch.web.asking import Reading

CONTENT_TYPE = "text/event-stream"
LOOK_EVERY = 0.1
HEARTBEAT = 15.0
"""Seconds; a comment this often keeps what lies between from giving the connection up, and notices who has gone."""


class Changes:
    """Tells streams that something was written to the ledger, by whomever."""

    def __init__(self, ledger: Reading) -> None:
        self._ledger = ledger
        self._waiting: set[asyncio.Future[None]] = set()
        self._task: asyncio.Task[None] | None = None
        self._version = -1
        self.seen = 0
        """Grows with every change."""
        self.closed = False

    async def after(self, seen: int, most: float) -> None:
        """Wait until there was a change after `seen`, at most `most` seconds."""
        if self.seen != seen or self.closed:
            return
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._look())
        waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.add(waiter)
        try:
            await asyncio.wait([waiter], timeout=most)
        finally:
            self._waiting.discard(waiter)
            waiter.cancel()

    def announce(self) -> None:
        """Something changed."""
        self.seen += 1
        for waiter in self._waiting:
            if not waiter.done():
                waiter.set_result(None)

    def close(self) -> None:
        """Let every stream end."""
        self.closed = True
        self.announce()
        if self._task is not None:
            self._task.cancel()

    async def _look(self) -> None:
        while self._waiting:
            version = await self._ledger.ask(lambda reader: reader.version())
            if version != self._version:
                self._version = version
                self.announce()
            await asyncio.sleep(LOOK_EVERY)


class Emitter:
    """One stream to one client. `write` puts text on the wire and waits until it is taken."""

    def __init__(self, changes: Changes, write: Callable[[str], Awaitable[None]]) -> None:
        self._changes, self._write = changes, write
        self._seen = changes.seen
        self.gone = False
        """The client went away."""

    async def open(self) -> bool:
        """Whether to go on; what is read from now on belongs to the changes so far."""
        self._seen = self._changes.seen
        return not self.gone and not self._changes.closed

    async def send(self, document: Any, *, event: str = "", id: str = "") -> None:
        """One message. JSON has no line breaks, so it is one `data` line."""
        head = (f"id: {id}\n" if id else "") + (f"event: {event}\n" if event else "")
        await self._write(f"{head}data: {msgspec.json.encode(document).decode()}\n\n")

    async def wait_for_change(self) -> None:
        """Until the ledger changed since `open`. When nothing does for long, a comment shows that one lives."""
        await self._changes.after(self._seen, HEARTBEAT)
        if self._changes.seen == self._seen and not self.gone:
            await self._write(": still here\n\n")
