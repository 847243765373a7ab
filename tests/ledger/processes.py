"""Starting `tests.ledger.worker` in processes of their own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


@contextlib.contextmanager
def workers(*commands: tuple[str, ...]) -> Iterator[list["subprocess.Popen[str]"]]:
    """A process for each command; whatever is left of them is killed in the end."""
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'addons'}"}
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    started = [
        subprocess.Popen([sys.executable, "-m", "tests.ledger.worker", *command], env=environment, cwd=ROOT, **pipes)  # type: ignore[call-overload] # the pipes above
        for command in commands
    ]
    try:
        yield started
    finally:
        for process in started:
            process.kill()
            process.communicate()


def at_once(started: list["subprocess.Popen[str]"]) -> list[str]:
    """Let processes that wait for the signal go on together; what each then said."""
    for process in started:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in started:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    return [said(process) for process in started]


def said(process: "subprocess.Popen[str]") -> str:
    """What a process said until its end, which must be a good one."""
    out, errors = process.communicate(timeout=60)
    assert process.returncode == 0, errors
    return out.strip()
