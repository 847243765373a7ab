"""Keeps a guard running the way systemd or a container's runtime does: whenever it has ended, by whatever, it is
started again with the very same command. Nothing is repaired in between. Knows nothing of what the guard does."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

from scripts.bench_processes import ROOT, environment, free_port

PATIENCE = 120.0
"""Seconds that a guard may take to listen, also on a machine that has better things to do."""


class Supervisor:
    """One guard, always on the same ledger and port; a context manager."""

    def __init__(self, directory: Path, upstream: str, ledger: Path | str, *options: str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self.directory, self.port = directory, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.starts: list[float] = []
        """Seconds from each start to listening."""
        self._ready = directory / "ready.json"
        run = ["run", upstream, "--listen", f"127.0.0.1:{self.port}", "--control", "127.0.0.1:0"]
        files = ["--ready-file", str(self._ready), "--ledger", str(ledger)]
        self._command = [sys.executable, "-m", "nightlatch_cli", *run, *files, *options]
        self._process: subprocess.Popen[bytes] | None = None
        self._begun = threading.Condition()
        self._count = 0
        self._over = False
        self._loop = threading.Thread(target=self._keep_running, daemon=True)

    def __enter__(self) -> "Supervisor":
        self._loop.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over = True
        self.kill()
        self._loop.join()

    @property
    def facts(self) -> dict[str, Any]:
        """What the guard said of itself when it listened; empty while none does."""
        try:
            told: dict[str, Any] = json.loads(self._ready.read_text())
        except FileNotFoundError:
            return {}
        return told

    def kill(self) -> None:
        """End it as `kill -9` does; the loop starts it again."""
        process = self._process
        if process is not None and process.poll() is None:
            process.kill()

    def restarted(self) -> None:
        """Kill it, and return once it was started again; it may not listen yet."""
        count = self._count
        self.kill()
        with self._begun:
            if not self._begun.wait_for(lambda: self._count > count, PATIENCE):
                raise RuntimeError("the guard was not started again")

    def stop(self) -> None:
        """Let it stand still."""
        os.kill(self._current()[0], signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        os.kill(self._current()[0], signal.SIGCONT)

    def listening(self) -> dict[str, Any]:
        """Return once the process that runs now listens; what it said of itself.

        Raises:
            RuntimeError: it does not come up, or ended by itself. The message has what it said.
        """
        until, (pid, count) = time.monotonic() + PATIENCE, self._current()
        while time.monotonic() < until:
            if (facts := self.facts).get("pid") == pid:
                return facts
            if self._count > count:
                raise RuntimeError(f"the guard ended while it started:\n{self.log()}")
            time.sleep(0.002)
        raise RuntimeError(f"the guard does not listen:\n{self.log()}")

    def log(self) -> str:
        """The end of what the guard said."""
        return (self.directory / "guard.log").read_text(errors="replace")[-4000:]

    def _current(self) -> tuple[int, int]:
        """The process that runs now, and how many were started until it was."""
        with self._begun:
            self._begun.wait_for(lambda: self._process is not None, PATIENCE)
            assert self._process is not None, "nothing was started"
            return self._process.pid, self._count

    def _keep_running(self) -> None:
        while not self._over:
            self._ready.unlink(missing_ok=True)
            with (self.directory / "guard.log").open("ab") as log:
                process = subprocess.Popen(self._command, cwd=ROOT, env=environment(), stdout=log, stderr=log)
            begun = time.monotonic()
            with self._begun:
                self._process, self._count = process, self._count + 1
                self._begun.notify_all()
            threading.Thread(target=self._time, args=(process, begun), daemon=True).start()
            process.wait()

    def _time(self, process: "subprocess.Popen[bytes]", begun: float) -> None:
        while process.poll() is None and not self._ready.exists():
            time.sleep(0.002)
        if process.poll() is None:
            self.starts.append(time.monotonic() - begun)
