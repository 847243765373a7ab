"""Keys that are published one by one, under their names, and never change (AWS load balancers).

Fetched when a token names one that is not known; a name that led nowhere is not asked for again for a while, and
there is a least time between two questions. What is known is kept for as long as `kept_for` says, then asked for anew.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import TypeVar

from nightlatch.clock import monotonic_now
from nightlatch.identity.key_sets import Freshness, Keys, KeysUnavailable

log = logging.getLogger(__name__)

V = TypeVar("V")

_MOST = 64
_SECOND = 1_000_000
_BETWEEN = Freshness(cool_down=_SECOND, unknown_for=60 * _SECOND)


class NamedKeys:
    """A `KeySet`, key by key."""

    def __init__(
        self,
        where: str,
        load: Callable[[str], Awaitable[Keys]],
        freshness: Freshness | None = None,
        now: Callable[[], int] = monotonic_now,
    ) -> None:
        """`load` fetches the key of a name; the other arguments are those of `RemoteKeys`."""
        self.where, self.version = where, 0
        self._load, self._now, self._freshness = load, now, freshness or _BETWEEN
        self._known: dict[str, tuple[int, Keys]] = {}
        self._in_vain: dict[str, tuple[int, str]] = {}
        self._flights: dict[str, asyncio.Task[None]] = {}
        self._not_before = self._now()

    def lacks(self, kid: str | None) -> bool:
        if kid is None or kid in self._known:
            return False
        if kid in self._flights:
            return True
        now = self._now()
        return now >= self._not_before and now >= self._in_vain.get(kid, (now, ""))[0]

    def at_hand(self, kid: str | None) -> Keys:
        if kid is None:
            return ()
        known = self._known.get(kid)
        if known is not None:
            return known[1]
        _, failure = self._in_vain.get(kid, (0, ""))
        if failure:
            raise KeysUnavailable(failure)
        return ()

    async def fetch(self, kid: str | None = None) -> None:
        if kid is None:
            return
        flight = self._flights.get(kid)
        if flight is None:
            flight = self._flights[kid] = asyncio.get_running_loop().create_task(self._fetched(kid))
        await asyncio.shield(flight)

    async def refresh(self) -> None:
        now = self._now()
        for kid in [kid for kid, (at, _) in self._known.items() if now - at >= self._freshness.kept_for]:
            del self._known[kid]
            self.version += 1

    async def _fetched(self, kid: str) -> None:
        self._not_before = self._now() + self._freshness.cool_down
        try:
            keys = await self._load(kid)
            failure = ""
        except KeysUnavailable as problem:
            keys, failure = (), str(problem)
            log.warning("%s", problem)
        finally:
            del self._flights[kid]
        now = self._now()
        if keys:
            _bounded(self._known)[kid] = (now, keys)
            self._in_vain.pop(kid, None)
        else:
            again = self._freshness.cool_down if failure else self._freshness.unknown_for
            _bounded(self._in_vain)[kid] = (now + again, failure)


def _bounded(table: dict[str, V]) -> dict[str, V]:
    """`table`, with room for one more."""
    if len(table) >= _MOST:
        del table[next(iter(table))]
    return table
