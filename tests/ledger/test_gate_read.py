"""What the gate is told is what the ledger says now, although what did not change is not read twice."""

import contextlib
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scripts.stress.damaged_ledgers import mark as mark_of
from scripts.stress.damaged_ledgers import template
from tests.ledger.samples import T0, a_session, an_event, logout

from nightlatch.core.events import EventType
from nightlatch.core.warp import Segment
from nightlatch.ledger.files import connect_reader
from nightlatch.ledger.gate_questions import FIND, LOOK
from nightlatch.ledger.gate_read import REMEMBERED, SqliteGate
from nightlatch.ledger.port import LedgerError, LedgerWriter, Touch
from nightlatch.ledger.reader import SqliteReader, open_reader
from nightlatch.ledger.writer import open_writer

MARKS = (b"f0", b"f1", b"f2", b"unknown")


class Seen:
    """A reader and every statement that it has asked."""

    def __init__(self, path: Path) -> None:
        self.connection, self.asked = connect_reader(path), list[str]()
        self.connection.set_trace_callback(self.asked.append)
        self.reader = SqliteGate(self.connection, path)

    def reads(self) -> int:
        """How many sessions were read."""
        return sum("FROM credentials" in statement for statement in self.asked)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "ledger.db"


@pytest.fixture
def writer(path: Path) -> Iterator[LedgerWriter]:
    writer = open_writer(path)
    writer.create(a_session("s1"), b"f1", [])
    yield writer
    writer.close()


@pytest.fixture
def seen(path: Path, writer: LedgerWriter) -> Iterator[Seen]:
    seen = Seen(path)
    yield seen
    seen.connection.close()


def test_what_nobody_changed_is_not_read_twice_but_the_ledger_is_asked(seen: Seen) -> None:
    answers = [seen.reader.look(b"f1") for _ in range(5)]
    assert all(answer[1] == answers[0][1] for answer in answers)
    assert seen.reads() <= 2
    assert seen.asked.count("PRAGMA data_version") == 4


def test_an_end_by_somebody_else_is_seen_with_the_very_next_question(seen: Seen, writer: LedgerWriter) -> None:
    for _ in range(3):
        seen.reader.look(b"f1")
    writer.end("s1", end := logout(T0 + 1), an_event(EventType.SESSION_ENDED))
    for _ in range(3):
        _, found = seen.reader.look(b"f1")
        assert found is not None and found.session.end == end


def test_a_clock_that_was_moved_is_seen_with_the_very_next_question(seen: Seen, writer: LedgerWriter) -> None:
    for _ in range(3):
        seen.reader.look(b"f1")
    writer.warp(one := Segment(T0, T0 + 60), an_event(EventType.CLOCK_WARPED))
    assert seen.reader.look(b"f1")[0].segments == (one,)


def test_a_commit_between_the_question_and_the_reading_is_not_lost(path: Path, writer: LedgerWriter) -> None:
    """The version is asked, somebody commits, and only then another session is read: what was read of the first one
    before is not taken for current."""
    reader = SqliteReader(connect_reader(path), path)
    writer.create(a_session("s2"), b"f2", [])
    for _ in range(3):
        reader.look(b"f1")
    writer.end("s1", end := logout(T0 + 1), an_event(EventType.SESSION_ENDED))
    reader.look(b"f2")
    _, found = reader.look(b"f1")
    reader.close()
    assert found is not None and found.session.end == end


def test_of_sessions_only_so_many_are_remembered(path: Path, writer: LedgerWriter, seen: Seen) -> None:
    for number in range(REMEMBERED + 20):
        writer.create(a_session(f"m{number}"), b"m%d" % number, [])
    for number in range(REMEMBERED + 20):
        seen.reader.look(b"m%d" % number)
    assert len(seen.reader._recent) == REMEMBERED
    assert b"m0" not in seen.reader._recent
    for mark in (b"nobody1", b"nobody2"):
        assert seen.reader.look(mark)[1] is None
    assert b"nobody1" not in seen.reader._recent, "guesses push nobody out"


def test_a_ledger_that_breaks_is_told_although_the_session_is_remembered(path: Path, seen: Seen) -> None:
    for _ in range(3):
        seen.reader.look(b"f1")
    seen.connection.close()
    with pytest.raises(LedgerError, match="not usable"):
        seen.reader.look(b"f1")


def test_a_row_that_is_not_nightlatchs_is_refused_each_time(path: Path, seen: Seen) -> None:
    seen.reader.look(b"f1")
    with sqlite3.connect(path) as foreign:
        foreign.execute("UPDATE sessions SET groups = 'nonsense'")
    foreign.close()
    for _ in range(2):
        with pytest.raises(LedgerError, match="was not written by nightlatch"):
            seen.reader.look(b"f1")


@pytest.mark.parametrize("question", [FIND, LOOK])
def test_a_credential_leads_straight_to_its_session(seen: Seen, question: str) -> None:
    plan = seen.connection.execute(f"EXPLAIN QUERY PLAN {question}", (b"f1",)).fetchall()
    steps = [row[3] for row in plan if "clock" not in row[3]]
    assert not [step for step in steps if step.startswith("SCAN") and "CONSTANT ROW" not in step], steps
    assert any("c USING PRIMARY KEY (fingerprint=?)" in step for step in steps), steps


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(st.sampled_from(("look", "touch", "end", "warp", "rotate")), st.integers(0, 3)), max_size=40))
def test_whatever_others_commit_meanwhile_it_tells_what_find_tells(
    tmp_path_factory: pytest.TempPathFactory, steps: list[tuple[str, int]]
) -> None:
    path = tmp_path_factory.mktemp("ledger") / "ledger.db"
    writer = open_writer(path)
    for number in range(3):
        writer.create(a_session(f"s{number}"), b"f%d" % number, [])
    reader, plain = SqliteReader(connect_reader(path), path), SqliteReader(connect_reader(path), path)
    for at, (what, which) in enumerate(steps):
        _step(writer, what, which, T0 + at + 1)
        assert reader.look(MARKS[which]) == (plain.warp(), plain.find(MARKS[which]))
    for each in (reader, plain, writer):
        each.close()


def _step(writer: LedgerWriter, what: str, which: int, at: int) -> None:
    session = f"s{which}"
    if what == "touch":
        writer.touch([Touch(session, at, 0, T0)])
    elif what == "end":
        writer.end(session, logout(at), an_event(EventType.SESSION_ENDED))
    elif what == "warp":
        writer.warp(Segment(at, at + 60 * at), an_event(EventType.CLOCK_WARPED))
    elif what == "rotate":
        writer.rotate(session, MARKS[which], b"n%d" % at, at, at + 5, an_event(EventType.SESSION_ROTATED))


def test_a_page_that_has_lost_its_order_gives_nobody_anothers_session(tmp_path: Path) -> None:
    """SQLite looks a credential up by order, and does not ask in the end whether it is the one."""
    path = template(tmp_path)
    content = path.read_bytes()
    assert mark_of(168) in content
    path.write_bytes(content.replace(mark_of(168), mark_of(168 | 1 << 37)))
    with contextlib.closing(open_reader(path)) as reader:
        assert reader.look(mark_of(165))[1] is not None
        for ask in (reader.look, reader.find, lambda it: reader.look_for_token(it, b"new")):
            with pytest.raises(LedgerError, match="another credential"):
                ask(mark_of(169))
