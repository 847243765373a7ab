"""The wall clock of a machine is set back and forth under a real guard: back lengthens nothing, forth expires."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.e2e.client import Browser
from tests.e2e.processes import Guard
from tests.e2e.upstream import Upstream
from tests.e2e.waiting import until

Start = Callable[..., Guard]
MINUTE, HOUR = 60, 3600

SET = """
import sys, time
offset, real = sys.argv[1], time.time_ns
time.time_ns = lambda: real() + int(open(offset).read()) * 10**9
sys.argv[1:] = sys.argv[2:]
from nightlatch_cli.app import main
main()
"""


class Clock:
    """The wall clock of the guards that are started with it."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "offset"
        self.set(0)

    def set(self, seconds: int) -> None:
        """So far from the true time."""
        new = self.file.with_suffix(".new")
        new.write_text(str(seconds))
        new.replace(self.file)

    def guard(self, directory: Path, url: str, *options: str, ledger: Path) -> Guard:
        """`nightlatch run` with this clock."""
        ready = directory / "ready.json"
        command = ["run", url, "--ledger", str(ledger), "--ready-file", str(ready), *options]
        guard = Guard(["-c", SET, str(self.file), *command], directory, ledger)
        until(lambda: ready.exists() or not guard.alive(), "the guard to listen")
        guard.url = str(json.loads(ready.read_text())["url"])
        return guard


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    return Clock(tmp_path)


@pytest.mark.timeout(300)
def test_back_lengthens_nothing_and_forth_expires(
    guards: Start, upstream: Upstream, tmp_path: Path, clock: Clock
) -> None:
    """30 minutes idle, 8 hours in all."""
    ledger = tmp_path / "ledger.db"
    guard = guards(upstream.url, "--listen", "127.0.0.1:0", kind=clock.guard, ledger=ledger)
    first, second = Browser(guard.url).login("ada"), Browser(guard.url).login("bob")
    clock.set(29 * MINUTE)
    assert second.fetch("/").status == 200
    clock.set(-10 * HOUR)
    assert second.fetch("/").status == 200, "the guard goes on from the latest time that it knew"
    clock.set(31 * MINUTE)
    expired = first.fetch("/")
    assert (expired.verdict, expired.parameter("clock")) == ("expired", "idle"), "going back gave no time"
    assert second.fetch("/").status == 200
    assert guard.stop() == 0

    clock.set(-20 * HOUR)
    again = guards(upstream.url, "--listen", guard.url.removeprefix("http://"), kind=clock.guard, ledger=ledger)
    with upstream.untouched():
        assert first.fetch("/").verdict == "expired", "nor did a restart in the past"
    for step in range(1, 20):
        clock.set(28 * MINUTE * step - 20 * HOUR)
        answer = second.fetch("/")
        if answer.status != 200:
            break
    assert (answer.verdict, answer.parameter("clock")) == ("expired", "absolute")
    assert step == 17, "31 minutes, and 17 times 28 more: eight hours of the guard's own time"
    assert again.alive()
