"""Real guards and real commands, each a process of its own: `nightlatch run`, stock `mitmdump`, `nightlatch …`."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.e2e.waiting import until

ROOT = Path(__file__).parents[2]
MITMDUMP = "from mitmproxy.tools.main import mitmdump; mitmdump()"


def surroundings() -> dict[str, str]:
    """An environment without nightlatch's own variables, in which this checkout is what gets imported."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLATCH_")}
    paths = os.pathsep.join([str(ROOT / "addons"), str(ROOT / "cli")])
    return {**kept, "PYTHONPATH": paths, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "PYTHONWARNINGS": ""}


class Guard:
    """A process that guards, and what is known of it."""

    def __init__(
        self, command: Sequence[str], directory: Path, ledger: Path | str, told: Mapping[str, str] | None = None
    ) -> None:
        """`ledger`: the path of a file, or a URL; `told`: variables of its environment."""
        self.ledger, self.place = Path(ledger), str(ledger)
        self.directory = directory
        self.url = self.control = self.token = ""
        directory.mkdir(parents=True, exist_ok=True)
        self._log = directory / f"log-{len(list(directory.glob('log-*')))}"
        with self._log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, *command],
                cwd=directory,
                env={**surroundings(), **(told or {})},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    @property
    def log(self) -> str:
        """What the process said so far."""
        return self._log.read_text(errors="replace")

    def alive(self) -> bool:
        return self.process.poll() is None

    def stop(self) -> int:
        """End it as Ctrl-C does; its exit code."""
        if self.alive():
            self.process.terminate()
        try:
            return self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise AssertionError(f"the guard did not stop:\n{self.log}") from None

    def kill(self) -> None:
        """End it as `kill -9` does."""
        self.process.kill()
        self.process.wait()

    def cli(self, *arguments: str) -> "Done":
        """Run `nightlatch …` on this guard's ledger."""
        return nightlatch(*arguments, ledger=self.place, directory=self.directory)

    def must(self, *arguments: str) -> str:
        """The same; what it printed, if it exited with 0."""
        done = self.cli(*arguments)
        assert done.code == 0, done
        return done.out


class Done(NamedTuple):
    """A command that has run."""

    code: int
    out: str
    err: str


def nightlatch(*arguments: str, ledger: Path | str | None = None, directory: Path | None = None) -> Done:
    """Run `nightlatch` with `arguments` to its end."""
    where = ["--ledger", str(ledger)] if ledger else []
    done = subprocess.run(
        [sys.executable, "-m", "nightlatch_cli", *arguments, *where],
        cwd=directory,
        env=surroundings(),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Done(done.returncode, done.stdout, done.stderr)


def start(
    directory: Path,
    upstream: str,
    *options: str,
    ledger: Path | str | None = None,
    told: Mapping[str, str] | None = None,
    inside: Sequence[str] = (),
) -> Guard:
    """Start `nightlatch run` without waiting for it. `inside` is given to Python before it (`mounted`)."""
    ledger = ledger or directory / "ledger.db"
    files = ["--ready-file", str(directory / "ready.json"), "--ledger", str(ledger)]
    listen = [] if "--listen" in options else ["--listen", "127.0.0.1:0"]
    command = ["-m", "nightlatch_cli", "run", upstream, *files, *listen, *options]
    return Guard([*inside, *command], directory, ledger, told)


def run(
    directory: Path,
    upstream: str,
    *options: str,
    ledger: Path | str | None = None,
    told: Mapping[str, str] | None = None,
    inside: Sequence[str] = (),
) -> Guard:
    """Start `nightlatch run`, and return once it listens."""
    guard = start(directory, upstream, *options, ledger=ledger, told=told, inside=inside)
    ready = directory / "ready.json"
    until(lambda: ready.exists() or not guard.alive(), "the guard to listen", 60)
    assert guard.alive(), guard.log
    facts = json.loads(ready.read_text())
    guard.url, guard.control, guard.token = facts["url"], facts["control"] or "", facts["token"] or ""
    return guard


def start_stock(directory: Path, upstream: str, *settings: str, mode: str = "") -> Guard:
    """Start stock `mitmdump` with the launcher script without waiting for it."""
    ledger = directory / "ledger.db"
    own = (
        [] if any(setting.startswith("nightlatch_ledger=") for setting in settings) else [f"nightlatch_ledger={ledger}"]
    )
    given = [*own, f"confdir={directory / 'conf'}", *settings]
    options = [part for setting in given for part in ("--set", setting)]
    mode = mode or f"reverse:{upstream}"
    listen = ["--listen-host", "127.0.0.1", "--listen-port", "0", "--mode", mode]
    return Guard(["-c", MITMDUMP, "-s", str(ROOT / "addons" / "latch.py"), *listen, *options], directory, ledger)


LISTENING = re.compile(r"listening at \D*(?:127\.0\.0\.1|\[::1\]|\*|localhost):(\d+)")


def stock(directory: Path, upstream: str, *settings: str) -> Guard:
    """Start stock `mitmdump`, and return once it listens."""
    guard = start_stock(directory, upstream, *settings)
    until(lambda: LISTENING.search(guard.log) or not guard.alive(), "mitmdump to listen", 60)
    found = LISTENING.search(guard.log)
    assert guard.alive() and found, guard.log
    guard.url = f"http://127.0.0.1:{found[1]}"
    return guard
