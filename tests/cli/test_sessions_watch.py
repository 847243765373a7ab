"""`nightlatch sessions watch`: what is seen; how it is drawn is `render_watch`'s."""

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from tests.cli.bench import nightlatch
from tests.ledger.samples import SECOND, T0, a_session, an_event, logout

from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli import sessions_watch
from nightlatch_cli.ledger_access import Bench
from nightlatch_cli.sessions_watch import picture


def _bench(folder: Path, now: int) -> Bench:
    """A ledger with three sessions, one of which has ended."""
    writer = open_writer(folder / "l.db")
    writer.create(a_session("old", T0), b"1", [])
    writer.create(a_session("new", T0 + 600 * SECOND, subject="bob\x1b[2J", agent="Firefox"), b"2", [])
    writer.create(a_session("gone", T0, subject="eve"), b"3", [])
    writer.end("gone", logout(T0 + 5 * SECOND), an_event())
    writer.close()
    at = Bench(open_reader(folder / "l.db"))
    _OPENED.append(at)
    at.now = now
    return at


_OPENED: list[Bench] = []


@pytest.fixture(autouse=True)
def closed() -> Iterator[None]:
    """What a test has opened is closed after it."""
    yield
    while _OPENED:
        _OPENED.pop().reader.close()


def test_who_ends_first_is_on_top_and_who_has_ended_below(tmp_path: Path) -> None:
    seen = picture(_bench(tmp_path, T0 + 900 * SECOND), 10)
    assert [(line.id, line.state) for line in seen.lines] == [("old", "active"), ("new", "active"), ("gone", "ended")]
    first, second, last = seen.lines
    assert [(clock.name, clock.left) for clock in first.clocks] == [("idle", "15m"), ("absolute", "7h45m")]
    assert first.clocks[0].share == 0.5
    assert second.clocks[0].left == "25m"
    assert (last.clocks, last.why) == ((), "logged out")
    assert seen.title.startswith("2 live at ")


def test_what_came_from_outside_cannot_draw(tmp_path: Path) -> None:
    seen = picture(_bench(tmp_path, T0 + 900 * SECOND), 10)
    assert seen.lines[1].subject == "bob?[2J"


def test_there_is_only_so_much_room(tmp_path: Path) -> None:
    seen = picture(_bench(tmp_path, T0 + 900 * SECOND), 1)
    assert [line.id for line in seen.lines] == ["old", "gone"]
    assert seen.more == 1


def test_programs_get_a_document_at_every_change(tmp_path: Path) -> None:
    at = _bench(tmp_path, T0)
    (first,) = islice(sessions_watch._documents(at), 1)
    assert json.loads(json.dumps(first))["clock"].keys() == {"now", "wall", "offset", "frozen"}
    assert isinstance(first["sessions"], list) and len(first["sessions"]) == 2


def test_without_a_terminal_it_says_what_to_do(tmp_path: Path) -> None:
    open_writer(tmp_path / "l.db").close()
    done = nightlatch("sessions", "watch", "--ledger", str(tmp_path / "l.db"))
    assert done.exit_code == 2
    assert "--jsonl" in done.stderr
