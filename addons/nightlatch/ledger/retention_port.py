"""The part of the ledger's port that keeps it from growing for ever: forgetting what ended long ago, and giving its
space back. `port.LedgerReader` and `port.LedgerWriter` include it.

Each call is one small step, so that nobody waits long for the lock; `retention` makes the steps. An end is for ever
all the same (law 5): what is forgotten of a session is everything but what refuses its credentials.
"""

from typing import NamedTuple, Protocol


class Space(NamedTuple):
    """What a ledger takes up."""

    bytes: int
    free: int
    """Of these: how many hold nothing, and will be used again."""
    shrinks: bool
    """Whether what is free can be given back to the disk while the ledger is in use."""


class RetentionReader(Protocol):
    """What can be asked about it."""

    def space(self) -> Space:
        """How large the ledger is. Cheap, however large it is."""


class RetentionWriter(Protocol):
    """What can be forgotten. A step that a power cut takes back was not made; none of them can be made half."""

    def forget_sessions(self, before: int, limit: int) -> int:
        """Not durable. Forget up to `limit` sessions that ended before the instant `before`, the earliest end first;
        how many. Who they were, and that they were there, is gone: `session` and the like know nothing of them.

        Of a session that lived on nightlatch's own cookie nothing stays: a value that the ledger does not know is
        none. Any other credential might be taken over as a new one when it came back. So `find` and `look` go on to
        answer it with its ended session: id, site, source, the instants and gaps by which clocks are judged,
        `remembered` and the end, all else being empty. `create`, `attach` and `rotate` still take it for known, and
        `create(…, reissue=True)` gives it to the new session. `spent` still tells of forgotten sessions.

        Of a session that lived on tokens this holds for the fingerprint with which it was created, and of those that
        were attached to it for the ones of its beginning and of its last ten minutes.
        """

    def forget_alerts(self, before: int, limit: int) -> int:
        """Not durable. Forget up to `limit` alerts that are closed and were last found before the instant `before`, and
        deliveries that their receiver would not have, of events that are gone; how many alerts."""

    def forget_places(self, before: int, limit: int) -> int:
        """Not durable. Forget up to `limit` places that nobody was seen at since the instant `before`; how many."""

    def shrink(self, limit: int) -> int:
        """Not durable. Give about `limit` bytes, at least one page, of what is free in the ledger back to the disk;
        how many bytes were. 0 when there is nothing more, or when the ledger sees to that by itself."""

    def compact(self) -> None:
        """Durable. Write the whole ledger anew without what is free in it. It takes its time, and whoever else writes
        waits for all of it: for a ledger that nobody uses meanwhile."""
