"""The warp: a piecewise map from wall-clock time to nightlatch's time, with its whole history since the last reset.

Everything that others wrote (a token's `iat`) is wall time and is mapped at the instant that it names, so a token
minted before a warp ages by it and one minted after it is not dead on arrival (DESIGN law 7). Pure arithmetic on
integer microseconds; the ledger keeps the segments, `nightlatch.clock` reads the wall clock.
"""

from typing import NamedTuple


class Segment(NamedTuple):
    """From wall time `wall_at` on, nightlatch's time is `warped_at`, standing still if `frozen`."""

    wall_at: int
    warped_at: int
    frozen: bool = False

    def at(self, wall: int) -> int:
        """nightlatch's time at wall time `wall` within this segment."""
        return self.warped_at if self.frozen else self.warped_at + (wall - self.wall_at)


class Warp(NamedTuple):
    """Segments since the last reset, oldest first. Empty: nightlatch's time is wall time."""

    segments: tuple[Segment, ...] = ()

    def at(self, wall: int) -> int:
        """nightlatch's time at the wall-clock instant `wall`; wall time itself before the first segment."""
        for segment in reversed(self.segments):
            if wall >= segment.wall_at:
                return segment.at(wall)
        return wall

    @property
    def frozen(self) -> bool:
        """Whether time stands still now."""
        return bool(self.segments) and self.segments[-1].frozen

    @property
    def advanced(self) -> int:
        """By how much time was moved forward in all since the last reset, microseconds."""
        moved, warp = 0, Warp()
        for segment in self.segments:
            moved += max(0, segment.warped_at - warp.at(segment.wall_at))
            warp = warp.then(segment)
        return moved

    def advance(self, wall: int, by: int) -> Segment:
        """The segment that moves time forward by `by`; a frozen clock stays frozen.

        Raises:
            ValueError: `by` is not positive (going back needs a reset, which ends every session).
        """
        if by <= 0:
            raise ValueError("the clock only goes forward; `clock reset` ends every session and returns to wall time")
        return Segment(wall, self.at(wall) + by, self.frozen)

    def freeze(self, wall: int) -> Segment:
        """The segment in which time stands still from now on."""
        return Segment(wall, self.at(wall), True)

    def resume(self, wall: int) -> Segment:
        """The segment in which time goes on from the frozen instant."""
        return Segment(wall, self.at(wall), False)

    def then(self, segment: Segment) -> "Warp":
        """This warp with one more segment."""
        return Warp((*self.segments, segment))

    def offset(self, wall: int) -> int:
        """How far nightlatch's time is ahead of wall time, microseconds (behind it after a freeze: negative)."""
        return self.at(wall) - wall
