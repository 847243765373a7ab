"""Key sets that are kept elsewhere: when they are fetched, how long they are believed, and when nobody is any more.

Rules (RFC 8725 section 3, OpenID Connect Core 10.1.1). A set is fetched anew every few minutes, and at once when a
token names a key that is not in it; but never more often than the cool-down allows, and not for a name that was
looked for in vain lately: whoever makes up names must not make us ask the issuer again and again. While an issuer is
down its last good keys hold for a stated time; after that nothing is verified. All of it by a clock that is never set
(law of time 7). How a set is fetched is `remote_keys`' work; what the keys verify is `tokens`'.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import NamedTuple, Protocol

from nightlatch.clock import monotonic_now
from nightlatch.core.failures import where_failed
from nightlatch.identity.keys import VerificationKey

log = logging.getLogger(__name__)

Keys = tuple[VerificationKey, ...]
Load = Callable[[str | None], Awaitable[Keys]]
"""Fetches the keys, told the name of the one that is looked for. Raises KeysUnavailable."""

_SECOND = 1_000_000
_MOST_NAMES = 256


class KeysUnavailable(Exception):
    """The keys cannot be had, so nothing can be judged. The message names the place and the reason, for the log;
    `status` is what the place answered, 0 when it did not."""

    def __init__(self, message: str, status: int = 0) -> None:
        super().__init__(message)
        self.status = status


class Freshness(NamedTuple):
    """How long things hold, microseconds."""

    refresh_after: int = 300 * _SECOND
    """A set of this age is fetched anew."""
    cool_down: int = 30 * _SECOND
    """Between two fetches, whoever asks, unless the set was due."""
    unknown_for: int = 300 * _SECOND
    """A name that was not in the set is not looked for again."""
    kept_for: int = 3600 * _SECOND
    """Keys that cannot be fetched anew are believed, counted from the last good fetch."""


class KeySet(Protocol):
    """Keys that may change. Used on one event loop."""

    version: int
    """Another number as soon as the keys are others: what was verified before must be verified anew."""

    def lacks(self, kid: str | None) -> bool:
        """Whether it is worth while to `fetch` for the key named `kid` (None: for any key) before `at_hand`."""

    def at_hand(self, kid: str | None) -> Keys:
        """All keys, without waiting.

        Raises:
            KeysUnavailable: there are none, or `kid` is not among them and the issuer cannot be asked.
        """

    async def fetch(self, kid: str | None = None) -> None:
        """Fetch the keys; many who want them at once share one fetch. A failure shows in `at_hand`."""

    async def refresh(self) -> None:
        """To be called every second or so: fetches what is due, gives up what is too old."""


class FixedKeys:
    """Keys from a file, which stay as they are."""

    def __init__(self, keys: Keys) -> None:
        self.version = 0
        self.keys = keys

    def lacks(self, kid: str | None) -> bool:
        return False

    def at_hand(self, kid: str | None) -> Keys:
        return self.keys

    async def fetch(self, kid: str | None = None) -> None:
        """Nothing to do."""

    async def refresh(self) -> None:
        """Nothing to do."""


class RemoteKeys:
    """A key set that somebody publishes as a whole: a JWKS."""

    def __init__(
        self, where: str, load: Load, freshness: Freshness | None = None, now: Callable[[], int] = monotonic_now
    ) -> None:
        """
        Args:
            where: the set's place, for messages.
            load: fetches it.
            freshness: how long things hold.
            now: microseconds on a clock that is never set.
        """
        self.where, self.version = where, 0
        self._load, self._now, self._freshness = load, now, freshness or Freshness()
        self._keys: Keys = ()
        self._names: frozenset[str | None] = frozenset()
        self._fetched_at = self._not_before = self._now()
        self._failure: str | None = f"{where} was not asked yet"
        self._in_vain: dict[str, int] = {}
        self._flight: asyncio.Task[None] | None = None

    def lacks(self, kid: str | None) -> bool:
        if self._has(kid):
            return False
        if self._flight is not None:
            return True
        now = self._now()
        return now >= self._not_before and (not self._keys or now >= self._in_vain.get(kid or "", now))

    def at_hand(self, kid: str | None) -> Keys:
        if self._failure is not None and not self._has(kid):
            raise KeysUnavailable(self._failure)
        return self._keys

    async def fetch(self, kid: str | None = None) -> None:
        """Whoever gives up waiting does not stop the fetch for the others."""
        if self._flight is None:
            self._flight = asyncio.get_running_loop().create_task(self._fetched())
        await asyncio.shield(self._flight)
        if kid is not None and self._failure is None and not self._has(kid):
            self._note_in_vain(kid)

    async def refresh(self) -> None:
        age = self._now() - self._fetched_at
        if self._keys and age >= self._freshness.kept_for:
            self._put(())
            log.error("%s could not be fetched for too long; tokens are refused until it can", self.where)
        due = not self._keys or age >= self._freshness.refresh_after
        if due and self._flight is None and self._now() >= self._not_before:
            await self.fetch()

    def _has(self, kid: str | None) -> bool:
        """A key without a name is meant by every `kid`."""
        return bool(self._keys) and (kid is None or kid in self._names or None in self._names)

    async def _fetched(self) -> None:
        self._not_before = self._now() + self._freshness.cool_down
        try:
            self._put(await self._load(None))
            self._fetched_at, self._failure = self._now(), None
        except KeysUnavailable as problem:
            if self._failure != str(problem):
                log.warning("%s; tried again in %d seconds", problem, self._freshness.cool_down // _SECOND)
            self._failure = str(problem)
        except Exception as mistake:
            log.error("a mistake while %s was fetched: %s", self.where, where_failed(mistake))
            self._failure = f"{self.where} cannot be read: {mistake!r}"
        finally:
            self._flight = None

    def _put(self, keys: Keys) -> None:
        if keys == self._keys:
            return
        self._keys, self._names = keys, frozenset(key.kid for key in keys)
        self._in_vain.clear()
        self.version += 1

    def _note_in_vain(self, kid: str) -> None:
        if len(self._in_vain) >= _MOST_NAMES:
            del self._in_vain[next(iter(self._in_vain))]
        self._in_vain[kid] = self._now() + self._freshness.unknown_for
