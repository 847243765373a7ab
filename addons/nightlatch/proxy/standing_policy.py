"""What a guard knows of where its policy comes from. Values only."""

from dataclasses import dataclass

from nightlatch.core.mistakes import Mistake


@dataclass(slots=True)
class StandingPolicy:
    """What `--policy` names, what it held when last read, and how far this guard has followed the ledger."""

    source: str
    """A preset's name, or the absolute path of a file."""
    given: str
    """The version that it held when it was last read and could be; where another one is in force, that one overrides
    it."""
    followed: int
    """The id of the last change in the ledger that this guard knows."""
    refused: tuple[Mistake, ...] = ()
    """What keeps the file, as it is now, from coming into force."""
