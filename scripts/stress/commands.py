"""Runs `nightlatch …` in processes of their own that have the program loaded already: forked from one that imported it,
so that hundreds can be started, and killed, where a fresh interpreter each would take minutes. Each is a process like
any other, and dies of SIGKILL like any other."""

import multiprocessing
import os
import sys
from collections.abc import Sequence
from multiprocessing.context import ForkServerContext
from multiprocessing.context import ForkServerProcess as Process
from pathlib import Path
from typing import NamedTuple

_LOADED = (
    "scripts.stress.commands",
    "nightlatch.core.policy_toml",
    "nightlatch.ledger.writer",
    "nightlatch.presets",
    "nightlatch_cli.app",
    "nightlatch_cli.audit_commands",
    "nightlatch_cli.audit_review",
    "nightlatch_cli.clock_commands",
    "nightlatch_cli.login",
    "nightlatch_cli.policy_history",
    "nightlatch_cli.replay",
    "nightlatch_cli.sessions",
)
PATIENCE = 60.0
"""Seconds."""


class Done(NamedTuple):
    """A command that has ended; `code` is negative where a signal ended it."""

    code: int
    out: str


class Commands:
    """Starts commands on one ledger; what they print goes into files of `directory`."""

    def __init__(self, directory: Path, ledger: Path | str) -> None:
        directory.mkdir(parents=True, exist_ok=True)
        self._directory, self._ledger = directory, ledger
        self._context: ForkServerContext = multiprocessing.get_context("forkserver")
        self._context.set_forkserver_preload(["__main__", *_LOADED])

    def start(self, *arguments: str, name: str = "command", ledger: bool = True) -> Process:
        """Begin `nightlatch ARGUMENTS`; with `ledger`, on it."""
        whole = [*arguments, *(["--ledger", str(self._ledger)] if ledger else [])]
        process = self._context.Process(target=_run, args=(whole, str(self._directory / f"{name}.out")), daemon=True)
        process.start()
        return process

    def ended(self, process: Process, name: str = "command") -> Done:
        """What became of it."""
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            raise RuntimeError("a command does not end")
        code = process.exitcode
        process.close()
        out = self._directory / f"{name}.out"
        return Done(code, out.read_text(errors="replace") if out.exists() else "")

    def run(self, *arguments: str, name: str = "command", ledger: bool = True) -> Done:
        """One to its end."""
        return self.ended(self.start(*arguments, name=name, ledger=ledger), name)


def _run(arguments: Sequence[str], out: str) -> None:
    """In the new process: be the program."""
    descriptor = os.open(out, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.dup2(descriptor, 1)
    os.dup2(descriptor, 2)
    from nightlatch_cli.app import main

    sys.argv = ["nightlatch", *arguments]
    main()
