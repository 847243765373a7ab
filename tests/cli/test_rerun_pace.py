"""Gaps pass by waiting, or by moving a ledger's clock."""

import asyncio
from pathlib import Path

import pytest
from tests.ledger.samples import SECOND

from nightlatch.core.events import EventType
from nightlatch.ledger.reader import open_reader
from nightlatch.ledger.writer import open_writer
from nightlatch_cli import rerun_pace
from nightlatch_cli.rerun_pace import in_time, warped


def test_a_gap_is_divided_and_what_has_passed_already_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    waited, ticks = list[float](), iter([0, 0, 5 * SECOND, 5 * SECOND, 100 * SECOND, 100 * SECOND])

    async def wait(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(rerun_pace, "monotonic_now", lambda: next(ticks))
    monkeypatch.setattr(asyncio, "sleep", wait)

    async def paced() -> None:
        with in_time(10) as pace:
            for at in (0, 600 * SECOND, 700 * SECOND):
                await pace(at)

    asyncio.run(paced())
    assert waited == [0.0, 55.0, 0.0]


def test_the_clock_is_moved_by_the_gap_and_nobody_waits(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    open_writer(path).close()

    async def paced() -> None:
        with warped(str(path)) as pace:
            for at in (0, 1800 * SECOND, 1800 * SECOND):
                await pace(at)

    asyncio.run(paced())
    reader = open_reader(path)
    moves = [each.event for each in reader.events(types=[EventType.CLOCK_WARPED])]
    reader.close()
    moved = sum(int(move.detail["by"] or 0) for move in moves)
    assert 1700 * SECOND < moved <= 1800 * SECOND
    assert {move.detail["for"] for move in moves} == {"rerun"}
