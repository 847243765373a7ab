"""Events of a log as columns of numbers, and the classes of requests that a policy makes no difference between."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

Times = npt.NDArray[np.int64]
Indexes = npt.NDArray[np.int64]
Codes = npt.NDArray[np.uint32]
Hashes = npt.NDArray[np.uint64]
Flags = npt.NDArray[np.bool_]

NEVER = np.iinfo(np.int64).max // 4
"""A limit that there is not, microseconds; may be added to an instant without running over."""


class Events(NamedTuple):
    """Requests with a credential, in the order of the files. All columns are equally long."""

    session: Hashes
    """A hash of the credential."""
    at: Times
    line: Codes
    """Which request line, as an index into the lines of the log."""
    duration: Times | None = None
    """How long each took, microseconds; None where no column tells."""

    def take(self, chosen: Indexes | Flags) -> "Events":
        """Some of them."""
        return Events(
            self.session[chosen],
            self.at[chosen],
            self.line[chosen],
            None if self.duration is None else self.duration[chosen],
        )


class Classes(NamedTuple):
    """What a policy says of every request line, one entry a line."""

    idle: Times
    absolute: Times
    active: Flags
    write: Flags
    public: Flags
    hard: Flags
    """It takes the engine itself to judge it: several rules, a requirement, a re-authentication."""
    polls: Flags


class Guarded(NamedTuple):
    """The limits of every rule that is not public, `[session]` last: by these a session ends though nobody asks."""

    idle: Times
    absolute: Times


class Sums(NamedTuple):
    """What a part of a log comes to; parts may be added in any order."""

    sessions: int = 0
    generations: int = 0
    allowed: int = 0
    by_idle: int = 0
    by_absolute: int = 0
    lost_writes: int = 0
    kept_alive: int = 0
    exposure: int = 0
    """Microseconds."""

    def plus(self, other: "Sums") -> "Sums":
        """Both together."""
        return Sums(*(mine + others for mine, others in zip(self, other, strict=True)))
