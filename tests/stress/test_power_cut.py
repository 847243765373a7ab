"""What a power cut would leave: copies that open, and logs that end in what nobody was told of."""

import random
from pathlib import Path

import pytest
from scripts.stress import power_cut
from scripts.stress.opened import reading, writing

from nightlatch.core.events import Event, EventType
from nightlatch.core.session import Session
from nightlatch.ledger.chain import verify_chain


def session(name: str) -> Session:
    return Session(name, "http://a", "ada", "nightlatch", 1, 1, 1, 1)


@pytest.mark.parametrize("seed", range(20))
def test_what_was_told_survives_and_the_rest_is_there_entirely_or_not(tmp_path: Path, seed: int) -> None:
    ledger = tmp_path / "ledger.db"
    with writing(str(ledger)) as writer:
        writer.create(session("told"), b"told", [Event(EventType.SESSION_CREATED, 1, "told")])
        told = power_cut.reach(ledger)
        for name in ("b", "c", "d"):
            writer.create(session(name), name.encode(), [Event(EventType.SESSION_CREATED, 1, name)])
        copied = power_cut.copy(ledger, tmp_path / "copy")
        assert power_cut.tear(copied, told, power_cut.reach(ledger), random.Random(seed))
    with reading(str(copied)) as reader:
        there = {each.id for each in reader.sessions()}
        told_of = {each.event.session for each in reader.events()}
        assert verify_chain(reader) is None
    assert "told" in there and there == told_of and "d" not in there


def test_where_nothing_was_written_since_nothing_is_torn(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    with writing(str(ledger)) as writer:
        writer.create(session("told"), b"told", [])
        told, copied = power_cut.reach(ledger), power_cut.copy(ledger, tmp_path / "copy")
        before = Path(f"{copied}-wal").read_bytes()
        assert not power_cut.tear(copied, told, power_cut.reach(ledger), random.Random(1))
    assert Path(f"{copied}-wal").read_bytes() == before


def test_what_a_checkpoint_carried_into_the_database_was_synced(tmp_path: Path) -> None:
    now = power_cut.Reach(b"12345678", frames=9, carried=9, page=4096)
    (tmp_path / "l-wal").write_bytes(bytes(16) + b"12345678" + bytes(100))
    assert not power_cut.tear(tmp_path / "l", now._replace(frames=2, carried=0), now, random.Random(1))


def test_another_log_tells_nothing_of_this_one(tmp_path: Path) -> None:
    now = power_cut.Reach(b"12345678", frames=9, carried=0, page=4096)
    (tmp_path / "l-wal").write_bytes(bytes(16) + b"12345678" + bytes(100))
    assert not power_cut.tear(tmp_path / "l", now._replace(frames=2, salt=b"older..."), now, random.Random(1))


def test_a_copy_takes_the_place_of_the_one_before(tmp_path: Path) -> None:
    ledger = tmp_path / "ledger.db"
    with writing(str(ledger)) as writer:
        power_cut.copy(ledger, tmp_path / "copy")
        writer.create(session("new"), b"new", [])
        copied = power_cut.copy(ledger, tmp_path / "copy")
        with reading(str(copied)) as reader:
            assert reader.session("new") is not None
