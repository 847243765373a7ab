"""How far a command has come that is about to be killed: whether it has its ledger open, and whether it writes. Seen
from outside, by its open files, or by what the server tells of its connections."""

import contextlib
from collections.abc import Iterator
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path

from scripts.stress.command_scene import Scene
from scripts.stress.own_server import Target
from tests.ledger.gate import until

_NAME = "nightlatch-killed"
_MINE = f"FROM pg_stat_activity WHERE application_name = '{_NAME}'"


class FileSigns:
    """Of commands on a ledger in a file."""

    def __init__(self, scene: Scene) -> None:
        self._scene, self.ledger = scene, scene.ledger

    def opened(self, process: Process) -> None:
        """Return once `process` has the ledger, or a file in the folder, open; at once where that cannot be told."""
        opened = Path(f"/proc/{process.pid}/fd")
        mine = (self.ledger, str(self._scene.folder), str(self._scene.log))
        while process.is_alive() and opened.exists():
            if any(each.startswith(mine) for each in _names(opened)):
                return

    def sign(self) -> tuple[object, ...]:
        """Differs once something was written: the ledger's log, or a file in the folder."""
        log = Path(f"{self.ledger}-wal")
        return (log.stat().st_mtime_ns if log.exists() else 0, *sorted(self._scene.folder.iterdir()))

    def cut_off(self) -> bool:
        """Whether there was a connection that could be cut in place of a kill."""
        return False

    def over(self) -> None:
        """Return once nothing can come of a command that was killed any more."""

    def close(self) -> None:
        """Nobody looks any more."""


class ServerSigns(FileSigns):
    """Of commands on a ledger on a server, each of which calls itself by a name."""

    def __init__(self, scene: Scene, target: Target) -> None:
        super().__init__(scene)
        self.ledger, self._eye = f"{scene.ledger}&application_name={_NAME}", target.connect()

    def opened(self, process: Process) -> None:
        """The same; the ledger is open once there is a connection to it."""
        opened = Path(f"/proc/{process.pid}/fd")
        mine = (str(self._scene.folder), str(self._scene.log))
        while process.is_alive() and not self._ask("1"):
            if any(each.startswith(mine) for each in _names(opened)):
                return

    def sign(self) -> tuple[object, ...]:
        """The same: a transaction that has changed something is under way."""
        return (*self._ask("pid", "AND backend_xid IS NOT NULL"), *sorted(self._scene.folder.iterdir()))

    def cut_off(self) -> bool:
        return bool(self._ask("pg_terminate_backend(pid)"))

    def over(self) -> None:
        """A server may still be at the commit of a process that is gone."""
        until(lambda: not self._ask("1"))

    def close(self) -> None:
        self._eye.close()

    def _ask(self, what: str, which: str = "") -> list[tuple[object, ...]]:
        """Of the commands' connections."""
        return self._eye.execute(f"SELECT {what} {_MINE} {which}").fetchall()


def _names(folder: Path) -> Iterator[str]:
    """What the open files in `folder` are."""
    with contextlib.suppress(OSError):
        for each in folder.iterdir():
            with contextlib.suppress(OSError):
                yield str(each.readlink())
