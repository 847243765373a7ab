"""Takes what channels want from the ledger, sends it, and sends it again while a receiver is down.

An event is turned into deliveries in one transaction that also notes how far the receiver was told; a delivery leaves
the ledger once the receiver has it. So nothing is lost when a receiver is down, or the guard is killed; and what may
arrive twice (a guard that was killed between the sending and the noting) carries the same key twice.
"""

import logging
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from hashlib import sha256
from itertools import islice
from typing import Protocol, TypeVar

from nightlatch.alerts.channel import Channel, Fate, Outcome, Told
from nightlatch.core.alert import Alert
from nightlatch.core.events import Chained, EventType
from nightlatch.core.failures import where_failed
from nightlatch.core.policy import MINUTE, SECOND
from nightlatch.ledger.alerts_port import Delivery
from nightlatch.ledger.port import LedgerReader, LedgerWriter

log = logging.getLogger(__name__)

T = TypeVar("T")

LEASE = MINUTE
"""How long a delivery is this guard's alone: longer than any attempt takes."""
SHORTEST, LONGEST = SECOND, 5 * MINUTE
"""The pause after the first failure; it doubles with every further one, up to the longest."""
AT_ONCE = 200
"""Events that are considered at a time."""


class Write(Protocol):
    """Does something on the writer's thread, and returns once it is on disk."""

    def __call__(self, work: Callable[[LedgerWriter], T], /) -> Awaitable[T]: ...


def key_of(channel: Channel, chained: Chained) -> str:
    """The idempotency key: the same for one event and receiver, whoever works it out; another on another ledger, and
    for every other receiver of the event, however much alike their names are."""
    return f"{chained.hash[:24]}-{sha256(channel.name.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"


def backoff(attempts: int, key: str) -> int:
    """The pause after `attempts` failures, microseconds; up to a quarter shorter, by `key`, so that what failed
    together does not come back together."""
    pause = min(SHORTEST << min(max(0, attempts - 1), 16), LONGEST)
    return pause - pause * (sum(key.encode()) % 64) // 256


class Dispatcher:
    """One receiver's post office. The receiver is enlisted in the ledger before anything can happen."""

    def __init__(self, channel: Channel, reader: LedgerReader, write: Write, wall: Callable[[], int]) -> None:
        self.channel = channel
        self._reader, self._write, self._wall = reader, write, wall
        self._next = 0
        self._down = False
        self._considered = 0

    async def work(self) -> None:
        """Put new deliveries on their way, and try what is due. To be called a few times a second.

        Raises:
            LedgerError: the ledger cannot be used.
        """
        await self._collect()
        if self._wall() >= self._next:
            await self._send()

    async def _collect(self) -> None:
        name = self.channel.name
        after, until = self._reader.told(name) or 0, self._reader.last_link()
        if until <= max(after, self._considered):
            return
        events = list(islice(self._reader.events(after=after, types=tuple(self.channel.wants)), AT_ONCE))
        if len(events) == AT_ONCE:
            until = events[-1].id
        deliveries = list(self._composed(each for each in events if each.id <= until))
        self._considered = until
        if deliveries or until - after >= AT_ONCE:
            await self._write(lambda writer: writer.dispatch(name, after=after, until=until, deliveries=deliveries))

    def _composed(self, events: Iterator[Chained]) -> Iterator[Delivery]:
        for chained in events:
            key = key_of(self.channel, chained)
            try:
                body = self.channel.compose(Told(chained, self._alert(chained)), key, self._wall())
            except Exception as mistake:
                log.error("event %d cannot be told to %s: %s", chained.id, self.channel.name, where_failed(mistake))
                continue
            if body is not None:
                yield Delivery(key, self.channel.name, chained.id, body)

    def _alert(self, chained: Chained) -> Alert | None:
        number = chained.event.detail.get("alert") if chained.event.type is EventType.ALERT_RAISED else None
        return self._reader.alert(number) if isinstance(number, int) else None

    async def _send(self) -> None:
        name, wall, most = self.channel.name, self._wall(), self.channel.at_once
        if not self._reader.is_due(name, wall):
            return
        claimed = await self._write(lambda writer: writer.claim(name, wall, LEASE, most))
        if claimed:
            await self._settle(claimed, await self.channel.send(claimed, wall))

    async def _settle(self, claimed: Sequence[Delivery], outcome: Outcome) -> None:
        keys = [delivery.id for delivery in claimed]
        name, first, now = self.channel.name, claimed[0], self._wall()
        if outcome.fate is Fate.DONE:
            await self._write(lambda writer: writer.delivered(keys))
            self._next = now + self.channel.pause
        elif outcome.fate is Fate.REFUSED:
            log.error("%s refuses %s for good: %s", name, first.id, outcome.error)
            for key in keys:
                await self._write(partial(_refuse, key=key, error=outcome.error))
        else:
            down = outcome.fate is Fate.DOWN
            due = now + max(outcome.retry_after, backoff(first.attempts, first.id))
            await self._write(lambda writer: writer.put_off(name, keys, due, outcome.error, all_of_it=down))
        self._tell(outcome)

    def _tell(self, outcome: Outcome) -> None:
        """The log's line when a receiver goes down, and when it is back."""
        down = outcome.fate in (Fate.DOWN, Fate.PUT_OFF)
        if down and not self._down:
            log.warning(
                "%s cannot be told: %s; it is tried again, and nothing is lost", self.channel.name, outcome.error
            )
        elif self._down and not down:
            log.warning("%s is told again", self.channel.name)
        self._down = down


def _refuse(writer: LedgerWriter, *, key: str, error: str) -> None:
    writer.refuse(key, error)
