"""A guard that is killed on a ledger in a file: what would be on the disk had the power been cut is looked at, too."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path

from scripts.stress import power_cut
from scripts.stress.book import Standing
from scripts.stress.guard_kills import Run
from scripts.stress.promises import NEWEST, SAMPLE
from scripts.stress.upstream import Upstream


class FileRun(Run):
    """A run on a SQLite ledger in `directory`."""

    def __init__(self, directory: Path, upstream: Upstream, seed: int, say: Callable[[str], None]) -> None:
        self._file = directory / "ledger.db"
        super().__init__(directory, str(self._file), upstream, seed, say)

    def _cut(self) -> None:
        """Look at what would be there had the power been cut: in the files as they are, and with less of the log."""
        with self._paused():
            told = power_cut.reach(self._file)
            live = [kept.credential for kept in self._book.all(Standing.LIVE)]
            ended = [kept.credential for kept in self._book.sample(SAMPLE, NEWEST)]
        time.sleep(self._dice.uniform(0, 0.05))
        with self._administrator.turn:  # whose commands write, too
            self._guard.stop()
            copied = power_cut.copy(self._file, self._directory / "cut")
            now = power_cut.reach(self._file)
            torn = power_cut.copy(self._file, self._directory / "torn")
            self._guard.resume()
        self._counts["cuts"] += 1
        self._promises.survived(copied, live, ended)
        if power_cut.tear(torn, told, now, self._dice):
            self._counts["torn"] += 1
            self._promises.survived(torn, live, ended)

    def _cuts(self) -> Mapping[str, object]:
        return {"power cuts, of which with a torn log": f"{self._counts['cuts']}, {self._counts['torn']}"}
