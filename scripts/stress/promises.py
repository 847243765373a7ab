"""What was promised, and whether it holds: asked of a guard over HTTP, and of the ledger over its port.

Knows the book, and what must be so for each session in it. Knows nothing of kills.
"""

import time
from collections.abc import Callable, Iterable
from pathlib import Path

from scripts.stress.book import Book, Kept, Standing
from scripts.stress.clients import BrokenPromise
from scripts.stress.opened import reading
from scripts.stress.trail import Trail
from scripts.stress.visitor import Heard, Unheard, Visitor

from nightlatch.clock import wall_now
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.port import LedgerReader

SAMPLE, NEWEST, LIVE = 15, 10, 6
"""How many sessions are tried after each start: ended ones at random, those that ended last, and live ones."""


IDLE = 3_600_000_000
"""The limit that sessions have, microseconds."""


class Promises:
    """The checks, against one guard and its ledger."""

    def __init__(self, book: Book, visitor: Visitor, ledger: str, site: str, patience: float = 0) -> None:
        """`patience`: for how many seconds a guard may answer 503, which lets nobody pass, before that is a promise
        broken: where its server was killed a moment ago."""
        self._book, self._visitor, self._ledger, self._site = book, visitor, ledger, site
        self._trail, self._patience = Trail(), patience
        self.tried = 0
        """How often an ended session's credential was presented."""
        self.put_off = 0
        """How often the guard answered 503, or not at all, and was asked again."""
        with reading(ledger) as reader:
            self._key = reader.key()

    def hold(self, some: Callable[[list[str]], str]) -> None:
        """After a start, for a sample; `some` chooses one of several credentials.

        Raises:
            BrokenPromise: one does not.
        """
        self._visitor.close()  # a connection to the guard before this one
        with reading(self._ledger) as reader:
            none_of(self._trail.read(reader))
        for kept in self._book.take_unsure():
            self._settle(kept)
        for kept in self._book.sample(SAMPLE, NEWEST):
            self._ended(kept, some(kept.credentials))
        for kept in filter(None, (self._book.take() for _ in range(LIVE))):
            try:
                self._live(kept, some(kept.credentials))
            finally:
                self._book.put(kept)

    def hold_for_all(self) -> None:
        """At the end, for every credential that there ever was. No client may be at work.

        Raises:
            BrokenPromise: one does not.
        """
        self._visitor.close()
        for kept in self._book.take_unsure():
            self._settle(kept)
        for kept in self._book.all(Standing.ENDED):
            for credential in kept.credentials:
                self._ended(kept, credential)
        for kept in self._book.all(Standing.LIVE):
            for credential in list(kept.credentials):
                self._live(kept, credential)
        with reading(self._ledger) as reader:
            none_of(self._trail.read(reader))
            none_of(self._misfits(reader))

    @property
    def events(self) -> int:
        """How long the trail is, as far as it was read."""
        return self._trail.last

    def session_of(self, credential: str) -> str:
        """Whose session it is, by the ledger."""
        with reading(self._ledger) as reader:
            found = reader.find(self._mark(credential))
        if found is None:
            raise BrokenPromise("a session that was acknowledged is not in the ledger")
        return found.session.id

    def survived(self, copied: Path, live: Iterable[str], ended: Iterable[str]) -> None:
        """In a copy of the ledger as a power cut would have left it: credentials of sessions that lived when they were
        looked for, and of sessions that had ended.

        Raises:
            BrokenPromise: something is missing.
        """
        with reading(str(copied)) as reader:
            none_of(Trail().read(reader))
            none_of("a session was lost in a power cut" for each in live if reader.find(self._mark(each)) is None)
            none_of("an end was lost in a power cut" for each in ended if self._lives(reader, each))

    def _ask(self, path: str, credential: str) -> Heard:
        until = time.monotonic() + self._patience
        while True:
            try:
                heard = self._visitor.ask(path, credential)
                if heard.status != 503 or time.monotonic() > until:
                    return heard
            except Unheard:
                if time.monotonic() > until:
                    raise
            self.put_off += 1
            time.sleep(0.05)

    def _settle(self, kept: Kept) -> None:
        """Nobody heard whether it ended: it is one or the other, and stays that."""
        heard = self._ask(f"/unsure/{kept.number}", kept.credential)
        if heard.turned_away == heard.let_in:
            raise BrokenPromise(f"{kept} is neither accepted nor refused: {heard}")
        kept.renewed(heard.credential)
        self._book.put(kept, Standing.ENDED if heard.turned_away else Standing.LIVE)

    def _ended(self, kept: Kept, credential: str) -> None:
        self.tried += 1
        heard = self._ask(f"/ended/{kept.number}", credential)
        if not heard.turned_away or heard.credential:
            raise BrokenPromise(f"{kept}, {self.session_of(credential)}, was answered {heard}")

    def _live(self, kept: Kept, credential: str) -> None:
        """The newest credential was acknowledged, and the others are within their grace."""
        for each in {credential, kept.credential}:
            heard = self._ask(f"/live/{kept.number}", each)
            if not heard.let_in:
                raise BrokenPromise(f"{kept}, {self.session_of(each)}, was answered {heard}")
            kept.renewed(heard.credential)

    def _misfits(self, reader: LedgerReader) -> Iterable[str]:
        """Sessions whose trail does not tell what the client heard: one beginning, one end once it ended."""
        for standing, ends in ((Standing.LIVE, 0), (Standing.ENDED, 1)):
            for kept in self._book.all(standing):
                found = reader.find(self._mark(kept.credential))
                name = found.session.id if found else ""
                told = (self._trail.began[name], self._trail.ended[name])
                if told != (1, ends):
                    yield f"{kept}, {name}; beginnings and ends in the trail: {told}"

    def _lives(self, reader: LedgerReader, credential: str) -> bool:
        """Whether it would be accepted: one that `idle` ended may not have been swept yet."""
        found, now = reader.find(self._mark(credential)), reader.warp().at(wall_now())
        return found is not None and found.session.end is None and now - found.session.last_active_at < IDLE

    def _mark(self, credential: str) -> bytes:
        return fingerprint(self._key, self._site, "nightlatch", credential)


def none_of(wrong: Iterable[str]) -> None:
    """Fail on the first few of what is `wrong`."""
    found = list(wrong)
    if found:
        raise BrokenPromise("; ".join(found[:5]) + (f"; and {len(found) - 5} more" if len(found) > 5 else ""))
