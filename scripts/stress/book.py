"""The book of what was acknowledged: every session that a client was told of, its credentials, and how it stands.

A session is in one client's hands at a time, so that what is written here of it happened in that order. Knows nothing
of HTTP, nor of who holds the sessions.
"""

import random
import threading
from collections.abc import Sequence
from enum import StrEnum


class Standing(StrEnum):
    """How a session stands, as far as any client has heard."""

    LIVE = "live"
    ENDED = "ended"
    """Somebody heard of its end: it must never be accepted again."""
    UNSURE = "unsure"
    """Its end was asked for, and nobody heard what became of it."""


class Kept:
    """One session; `credentials` are all that it ever had, the newest last; `last` is what was done with it last."""

    __slots__ = ("credentials", "last", "number", "standing", "user")

    def __init__(self, number: int, user: str, credential: str) -> None:
        self.number, self.user = number, user
        self.credentials, self.standing, self.last = [credential], Standing.LIVE, "login"

    def __str__(self) -> str:
        return f"session {self.number} of {self.user}, {self.standing} (last: {self.last})"

    @property
    def credential(self) -> str:
        return self.credentials[-1]

    def renewed(self, credential: str) -> None:
        """An answer brought a new credential; empty: it did not."""
        if credential:
            self.credentials.append(credential)


class Book:
    """All of them. Safe to use from several threads."""

    def __init__(self, seed: int) -> None:
        self._lock = threading.Lock()
        self._dice = random.Random(seed)
        self._live: list[Kept] = []
        self._unsure: list[Kept] = []
        self._ended: list[Kept] = []
        self._shelves = {
            Standing.LIVE: self._live,
            Standing.UNSURE: self._unsure,
            Standing.ENDED: self._ended,
        }
        self._count = 0

    def began(self, user: str, credential: str) -> Kept:
        """A client was told of a new session; it is in that client's hands."""
        with self._lock:
            self._count += 1
            return Kept(self._count, user, credential)

    def take(self) -> Kept | None:
        """A live session into the caller's hands, until it is put back; None when there is none to be had."""
        with self._lock:
            if not self._live:
                return None
            place = self._dice.randrange(len(self._live))
            self._live[place], self._live[-1] = self._live[-1], self._live[place]
            return self._live.pop()

    def take_unsure(self) -> list[Kept]:
        """Those whose end was asked for, to be looked at and put back."""
        with self._lock:
            taken = list(self._unsure)
            self._unsure.clear()
            return taken

    def put(self, kept: Kept, standing: Standing | None = None) -> None:
        """Back from the caller's hands, as it stands now."""
        kept.standing = standing or kept.standing
        with self._lock:
            self._shelves[kept.standing].append(kept)

    def all_ended(self) -> int:
        """Everything ended (the clock was moved beyond every limit): how many there were. Nobody holds any."""
        with self._lock:
            over = [*self._live, *self._unsure]
            for kept in over:
                kept.standing, kept.last = Standing.ENDED, "the clock was moved"
            self._ended += over
            self._live.clear()
            self._unsure.clear()
            return len(over)

    def sample(self, count: int, newest: int) -> list[Kept]:
        """Some sessions that have ended: `count` at random, and the `newest` that did."""
        with self._lock:
            picked = self._dice.sample(self._ended, min(count, len(self._ended)))
            return [*picked, *self._ended[-newest:]]

    def all(self, standing: Standing) -> Sequence[Kept]:
        """Those that stand like that and that nobody holds."""
        with self._lock:
            return tuple(self._shelves[standing])

    def count(self, standing: Standing) -> int:
        with self._lock:
            return len(self._shelves[standing])
