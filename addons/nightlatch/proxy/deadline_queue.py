"""One deadline a session, the nearest first: what has to be looked at, and when.

A deadline that is put again replaces the one before. Instants are microseconds on nightlatch's clock, so a warp needs
nothing to be done here. Knows neither sessions nor the loop.
"""

from heapq import heapify, heappop, heappush


class DeadlineQueue:
    """Deadlines by key. What was replaced or dropped stays in the heap until it comes up, or piles up."""

    def __init__(self) -> None:
        self._at: dict[str, int] = {}
        self._heap: list[tuple[int, str]] = []

    def __len__(self) -> int:
        return len(self._at)

    def put(self, key: str, at: int) -> None:
        """The deadline of `key` is `at`, whatever it was."""
        if self._at.get(key) == at:
            return
        self._at[key] = at
        heappush(self._heap, (at, key))
        if len(self._heap) > 2 * len(self._at) + 64:
            self._heap = [(at, key) for key, at in self._at.items()]
            heapify(self._heap)

    def drop(self, key: str) -> None:
        """`key` has no deadline any more. One that had none is no error."""
        self._at.pop(key, None)

    def nearest(self) -> int | None:
        """The first deadline; None without any."""
        while self._heap and self._at.get(self._heap[0][1]) != self._heap[0][0]:
            heappop(self._heap)
        return self._heap[0][0] if self._heap else None

    def due(self, now: int) -> list[str]:
        """Take out every key whose deadline has come by `now` (law 1: the deadline itself is too late)."""
        found = []
        while (at := self.nearest()) is not None and at <= now:
            key = heappop(self._heap)[1]
            del self._at[key]
            found.append(key)
        return found
