"""Each promise, broken on purpose: by a guard that answers otherwise, and by a ledger that lost something."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from scripts.stress.book import Book, Kept, Standing
from scripts.stress.clients import BrokenPromise
from scripts.stress.opened import reading, writing
from scripts.stress.promises import Promises, none_of
from scripts.stress.visitor import Heard, Visitor

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import End, Session
from nightlatch.identity.fingerprint import fingerprint
from nightlatch.ledger.port import LedgerWriter

SITE = "http://127.0.0.1:3000"
ALLOWED, REFUSED = Heard(200, "", "", b"ok"), Heard(401, "refused", "", b"")
UNAVAILABLE = Heard(503, "error", "", b"")


class Told(Visitor):
    """A visitor that hears what a test wants it to."""

    def __init__(self) -> None:
        super().__init__(1)
        self.answers: dict[str, Heard] = {"ended": REFUSED, "live": ALLOWED, "unsure": REFUSED}

    def ask(self, path: str, credential: str) -> Heard:
        return self.answers[path.split("/")[1]]


class Bench:
    """A ledger with sessions, the book of them, and the promises."""

    def __init__(self, ledger: Path, writer: LedgerWriter) -> None:
        self.ledger, self.writer, self.book, self.visitor = ledger, writer, Book(1), Told()
        self.promises = Promises(self.book, self.visitor, str(ledger), SITE)
        with reading(str(ledger)) as reader:
            self.key = reader.key()

    def session(self, name: str, *, in_ledger: bool = True) -> Kept:
        if in_ledger:
            at = 4_102_444_800_000_000
            mark = fingerprint(self.key, SITE, "nightlatch", name)
            made = Session(name, SITE, "ada", "nightlatch", at, at, at, at)
            self.writer.create(made, mark, [Event(EventType.SESSION_CREATED, at, name)])
        return self.book.began("ada", name)

    def ended(self, name: str, *, in_ledger: bool = True) -> None:
        kept = self.session(name)
        if in_ledger:
            self.writer.end(name, End(5, "logout"), Event(EventType.SESSION_ENDED, 5, name))
        self.book.put(kept, Standing.ENDED)


@pytest.fixture
def bench(tmp_path: Path) -> Iterator[Bench]:
    with writing(str(tmp_path / "ledger.db")) as writer:
        yield Bench(tmp_path / "ledger.db", writer)


def hold(bench: Bench) -> None:
    bench.promises.hold(lambda some: some[0])
    bench.promises.hold_for_all()


def test_they_hold(bench: Bench) -> None:
    bench.book.put(bench.session("live"))
    bench.ended("gone")
    hold(bench)
    assert bench.promises.tried >= 2 and bench.promises.events == 3
    bench.promises.survived(bench.ledger, ["live"], ["gone"])


@pytest.mark.parametrize("answer", [ALLOWED, UNAVAILABLE, REFUSED._replace(credential="new")])
def test_an_ended_session_is_answered_otherwise(bench: Bench, answer: Heard) -> None:
    bench.ended("gone")
    bench.visitor.answers["ended"] = answer
    with pytest.raises(BrokenPromise, match="ended"):
        hold(bench)


def test_a_live_session_is_refused(bench: Bench) -> None:
    bench.book.put(bench.session("live"))
    bench.visitor.answers["live"] = REFUSED
    with pytest.raises(BrokenPromise, match="live"):
        hold(bench)
    assert bench.book.count(Standing.LIVE) == 1


@pytest.mark.parametrize(("answer", "standing"), [(REFUSED, Standing.ENDED), (ALLOWED, Standing.LIVE)])
def test_what_nobody_heard_is_found_out(bench: Bench, answer: Heard, standing: Standing) -> None:
    bench.book.put(bench.session("cut off"), Standing.UNSURE)
    bench.visitor.answers["unsure"] = answer
    bench.promises.hold(lambda some: some[0])
    assert bench.book.count(standing) == 1


def test_neither_accepted_nor_refused(bench: Bench) -> None:
    bench.book.put(bench.session("cut off"), Standing.UNSURE)
    bench.visitor.answers["unsure"] = UNAVAILABLE
    with pytest.raises(BrokenPromise, match="neither"):
        hold(bench)


def test_an_end_that_the_trail_does_not_tell(bench: Bench) -> None:
    bench.ended("gone", in_ledger=False)
    with pytest.raises(BrokenPromise, match=r"\(1, 0\)"):
        hold(bench)


def test_a_power_cut_that_took_something(bench: Bench) -> None:
    bench.ended("gone", in_ledger=False)
    with pytest.raises(BrokenPromise, match="an end was lost"):
        bench.promises.survived(bench.ledger, [], ["gone"])
    with pytest.raises(BrokenPromise, match="a session was lost"):
        bench.promises.survived(bench.ledger, ["never there"], [])


def test_a_session_that_is_not_in_the_ledger(bench: Bench) -> None:
    with pytest.raises(BrokenPromise, match="not in the ledger"):
        bench.promises.session_of("never there")


def test_of_much_that_is_wrong_the_first_is_told() -> None:
    none_of([])
    with pytest.raises(BrokenPromise, match=r"^0; 1; 2; 3; 4; and 3 more$"):
        none_of(str(number) for number in range(8))
