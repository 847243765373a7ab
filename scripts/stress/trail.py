"""Reads the audit trail of a ledger that is being written: each time only what is new, linked to what was read before.
Knows the ledger's port and the chain; knows nothing of who wrote."""

from collections import Counter

from nightlatch.core.events import GENESIS, EventType, canonical, chain_hash
from nightlatch.ledger.port import LedgerReader

ENDS = frozenset((EventType.SESSION_ENDED, EventType.SESSION_EXPIRED))


class Trail:
    """What was read so far: the last link, and how often each session began and ended."""

    def __init__(self) -> None:
        self.last, self._hash = 0, GENESIS
        self.began: Counter[str] = Counter()
        self.ended: Counter[str] = Counter()

    def read(self, reader: LedgerReader) -> list[str]:
        """Go on reading; what does not fit."""
        wrong = list[str]()
        for each in reader.events(after=self.last):
            if each.id != self.last + 1 or each.prev != self._hash:
                wrong.append(f"event {each.id} does not follow {self.last}")
            if chain_hash(each.prev, canonical(each.event)) != each.hash:
                wrong.append(f"event {each.id} is not what was hashed")
            self.last, self._hash = each.id, each.hash
            if each.event.session is not None:
                self.began[each.event.session] += each.event.type == EventType.SESSION_CREATED
                self.ended[each.event.session] += each.event.type in ENDS
        return wrong
