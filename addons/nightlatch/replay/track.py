"""One session as a replay follows it: the same arithmetic as `core.session`, on a record that changes in place.

A capture has hundreds of thousands of requests, and a new value for each of them is what a replay would spend its time
on. The tests hold every step against `core.session`.
"""

from nightlatch.core.activity import credit
from nightlatch.core.policy import SECOND, Limits
from nightlatch.core.session import End, Session, ended, reauthenticated


class Track:
    """A session, and the exchanges of it that still run."""

    __slots__ = (
        "_base",
        "_gap",
        "_gap_from_at",
        "_running",
        "end",
        "generation",
        "label",
        "last_active_at",
        "shadow",
        "token_until",
    )

    def __init__(self, session: Session, label: str, generation: int = 1) -> None:
        self.label, self.generation = label, generation
        self.end: End | None = session.end
        self.shadow: Track | None = None
        """The same session, had polling not counted; None when that makes no difference or is not asked."""
        self.token_until: int | None = None
        """When the latest token of the session runs out, microseconds; None without tokens."""
        self._running: list[tuple[int, int, int | None]] = []
        self._take(session)

    def _take(self, session: Session) -> None:
        self._base = session
        self.last_active_at = session.last_active_at
        self._gap, self._gap_from_at = session.gap, session.gap_from_at

    def session(self) -> Session:
        """The session as it is now."""
        session = self._base._replace(last_active_at=self.last_active_at, gap=self._gap, gap_from_at=self._gap_from_at)
        return session if self.end is None else ended(session, self.end)

    def alive(self, limits: Limits, now: int) -> bool:
        """Whether every clock runs under `limits` at `now` (law of time 1). `settle` comes first.

        Not for rules whose `absolute` runs from a re-authentication.
        """
        idle, absolute = limits.idle, limits.absolute
        return (
            self.end is None
            and (absolute is None or now - self._base.authenticated_at < absolute)
            and (idle is None or (now - self.last_active_at < idle and self._gap < idle))
        )

    def act(self, at: int, duration: int, idle: int | None) -> None:
        """Activity at `at`, by an exchange that will take `duration` where `idle` is the limit."""
        self._touch(at)
        if duration > SECOND:
            self._running.append((at, duration, idle))

    def settle(self, now: int) -> None:
        """Count what active exchanges have run until `now` (law of time 4)."""
        if self._running:
            self._running = [exchange for exchange in self._running if self._runs_on(exchange, now)]

    def _runs_on(self, exchange: tuple[int, int, int | None], now: int) -> bool:
        start, duration, idle = exchange
        until = credit(start, min(duration, now - start), idle)
        if until is not None and until > self.last_active_at:
            self.last_active_at = until
        return now < start + duration

    def _touch(self, at: int) -> None:
        ran = at - self.last_active_at
        if ran > self._gap:
            self._gap, self._gap_from_at = ran, self.last_active_at
        if ran > 0:
            self.last_active_at = at

    def over(self, end: End) -> None:
        """The session ended; an earlier end wins. What still runs is cut, and counts no further."""
        if self.end is None:
            self.end = end
            self._running = []

    def authenticated_again(self, at: int) -> None:
        """The same person authenticated anew at `at`."""
        self._take(reauthenticated(self.session(), at))
        if self.shadow is not None:
            self.shadow.authenticated_again(at)

    @property
    def authenticated_last(self) -> int:
        """When the person authenticated last, microseconds."""
        return max(self._base.authenticated_at, self._base.reauthenticated_at or 0)

    @property
    def started_at(self) -> int:
        """When it was first seen, microseconds."""
        return self._base.started_at

    def successor(self, at: int, label: str) -> "Track":
        """The next session of the same credential, after its person logged in again at `at`."""
        session = self._base._replace(
            started_at=at, authenticated_at=at, last_active_at=at, gap_from_at=at, gap=0, reauthenticated_at=None
        )
        return Track(session, label, self.generation + 1)

    def copy(self) -> "Track":
        """A second record that goes its own way."""
        return Track(self.session(), self.label, self.generation)
