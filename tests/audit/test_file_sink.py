import asyncio
import json
import os
import stat
from pathlib import Path

import pytest
from tests.audit.told import deliveries

from nightlatch.alerts.channel import Fate
from nightlatch.audit import file_sink
from nightlatch.audit.file_sink import FileSink
from nightlatch.core.events import EventType

TWO = (EventType.SESSION_CREATED, EventType.SESSION_EXPIRED)


def send(sink: FileSink) -> Fate:
    return asyncio.run(sink.send(deliveries(sink, *TWO), 0)).fate


def test_events_are_appended_a_line_each(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "audit.jsonl")
    assert send(sink) is Fate.DONE and send(sink) is Fate.DONE
    lines = (tmp_path / "audit.jsonl").read_text().splitlines()
    assert [json.loads(line)["type"] for line in lines] == ["session.created", "session.expired"] * 2


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    send(FileSink(tmp_path / "audit.jsonl"))
    assert stat.S_IMODE((tmp_path / "audit.jsonl").stat().st_mode) == 0o600


def test_a_file_that_was_moved_away_is_made_anew(tmp_path: Path) -> None:
    sink = FileSink(tmp_path / "audit.jsonl", "ecs")
    send(sink)
    (tmp_path / "audit.jsonl").rename(tmp_path / "audit.jsonl.1")
    assert send(sink) is Fate.DONE and len((tmp_path / "audit.jsonl").read_text().splitlines()) == 2


def test_what_cannot_be_written_is_tried_again_later(tmp_path: Path) -> None:
    assert send(FileSink(tmp_path / "nowhere" / "audit.jsonl")) is Fate.DOWN
    assert send(FileSink(tmp_path)) is Fate.DOWN


def test_a_line_that_a_full_disk_cut_off_is_taken_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sink = FileSink(tmp_path / "audit.jsonl")
    send(sink)
    before = (tmp_path / "audit.jsonl").read_bytes()

    def full(descriptor: int, lines: bytes) -> None:
        os.write(descriptor, lines[:10])
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(file_sink, "_write_all", full)
    assert send(sink) is Fate.DOWN and (tmp_path / "audit.jsonl").read_bytes() == before


def test_a_line_that_a_kill_cut_off_does_not_spoil_the_next(tmp_path: Path) -> None:
    """`kill -9` in the middle of a write: what was cut off comes again, and must not be appended to its own half."""
    file, sink = tmp_path / "audit.jsonl", FileSink(tmp_path / "audit.jsonl")
    send(sink)
    whole = file.read_bytes()
    file.write_bytes(whole[:-30])
    assert send(sink) is Fate.DONE
    assert file.read_bytes() == whole[:-30] + b"\n" + whole
