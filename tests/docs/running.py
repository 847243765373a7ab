"""Runs the examples of a page: in a folder of its own, by a guard of its own, with a small application behind it."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.docs.snippets import Command, File, differs, parts
from tests.e2e.processes import ROOT, Guard, surroundings
from tests.e2e.upstream import Reply, Upstream
from tests.e2e.waiting import until

HOME = "/home/you/app"
"""Where the pages pretend to be."""

GUARD = re.compile(r"nightlatch run (http://localhost:3000)(.*)", re.DOTALL)
AT_A_TERMINAL = (
    *("env", "TERM=dumb", sys.executable, "-c"),
    "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))",
)
ASSIGNMENT = re.compile(r"(\w+)=[\"$'\w]")


class Runner:
    """One page's run. The page's ports are those of its guard and of its application."""

    def __init__(self, folder: Path, upstream: str) -> None:
        self.folder = folder
        self.ports = {"localhost:3000": upstream.removeprefix("http://")}
        self.names: dict[str, str] = {}
        self.guards: list[Guard] = []
        binaries = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
        self.environment = {**surroundings(), "PATH": binaries, "HOME": str(folder), "COLUMNS": "100"}

    def run(self, page: str) -> None:
        """Everything that `page` marks.

        Raises:
            AssertionError: something is not as the page says.
        """
        for part in parts(page):
            if isinstance(part, File):
                (self.folder / part.name).write_text(self._as_here(part.text), encoding="utf-8")
            elif found := GUARD.fullmatch(part.line):
                self._guard(found[2].replace("\\\n", " ").split(), part.shown)
            else:
                self._command(part)

    def _guard(self, options: list[str], shown: str) -> None:
        ready = self.folder / "ready.json"
        given = ["127.0.0.1:0" if option == "127.0.0.1:9090" else option for option in options]
        upstream = f"http://{self.ports['localhost:3000']}"
        where = ["--listen", "127.0.0.1:0", "--ready-file", str(ready)]
        guard = Guard(["-m", "nightlatch_cli", "run", upstream, *given, *where], self.folder, self.folder / "x.db")
        self.guards.append(guard)
        until(lambda: ready.exists() or not guard.alive(), "the guard to listen")
        assert guard.alive(), guard.log
        facts = json.loads(ready.read_text())
        port = facts["url"].rpartition(":")[2]
        self.ports |= {"127.0.0.1:8080": f"127.0.0.1:{port}", "localhost:8080": f"localhost:{port}"}
        if facts["control"]:
            self.ports["127.0.0.1:9090"] = facts["control"].removeprefix("http://")
        until(lambda: guard.log.count("\n") >= shown.count("\n"), f"it to say\n{shown}")
        assert not shown or self._wrong(shown, guard.log) == "", self._wrong(shown, guard.log)

    def _command(self, command: Command) -> None:
        line = self._as_here(command.line)
        assigned = ASSIGNMENT.match(line)
        at = AT_A_TERMINAL if command.terminal else ()
        done = subprocess.run(
            [*at, "bash", "-c", f"{line}\nprintf %s \"${assigned[1]}\"" if assigned else line],
            cwd=self.folder, env=self.environment, text=True, timeout=90,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False,
        )  # fmt: skip
        assert done.returncode == command.exit, f"$ {line}\n{done.stdout}"
        if assigned:
            self.environment[assigned[1]] = done.stdout
        elif command.shown.strip():
            assert self._wrong(command.shown, done.stdout) == "", f"$ {line}\n{self._wrong(command.shown, done.stdout)}"

    def _wrong(self, shown: str, printed: str) -> str:
        for ours, real in self.ports.items():
            printed = printed.replace(real, ours)
        return differs(shown, printed.replace(str(self.folder), HOME), self.names)

    def _as_here(self, line: str) -> str:
        for ours, real in {**self.ports, **self.names}.items():
            line = re.sub(rf"(?<![\w.]){re.escape(ours)}(?![\w.])", real, line)
        return line


@contextmanager
def runner(folder: Path) -> Iterator[Runner]:
    """A runner, and the end of what it started."""
    upstream = Upstream()
    upstream.replies["/api/items"] = Reply(headers=(("Content-Type", "application/json"),), body=b'["a chair"]')
    one = Runner(folder, upstream.url)
    try:
        yield one
    finally:
        for guard in one.guards:
            guard.kill()
        upstream.close()


def page(name: str) -> str:
    """The text of a page of this checkout."""
    return (ROOT / name).read_text(encoding="utf-8")
