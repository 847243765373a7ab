"""A guard for the demonstration: `nightlatch run` as a process of its own, stopped with the demonstration.

It is started away from the user's configuration (another directory, no NIGHTLATCH_ variables), so that a demonstration
is the same everywhere.
"""

import asyncio
import contextlib
import json
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import IO, NamedTuple

PATIENCE = 30.0
"""Seconds that a guard may take to listen."""

MERCY = 5.0
"""Seconds that a guard may take to end."""

STEP = 0.02
"""Seconds between two looks for its ready file."""


class GuardFailed(Exception):
    """The guard ended, or did not listen in time. What it said is on stderr or in its log."""


class Running(NamedTuple):
    """A guard that listens."""

    url: str
    process: Process
    dashboard: str = ""
    """With its token; empty where there is none."""


def surroundings() -> dict[str, str]:
    """The environment without nightlatch's own variables, finding the packages that run now."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NIGHTLATCH_")}
    return {**kept, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


async def listening(process: Process, ready: Path) -> Running:
    """The guard that `process` is, once it has written the ready file `ready`.

    Raises:
        GuardFailed: it ended first, or took longer than `PATIENCE`.
    """
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            while process.returncode is None:
                if ready.exists():
                    facts = json.loads(ready.read_text())
                    return Running(facts["url"], process, f"{facts['control']}/#{facts['token']}")
                await asyncio.sleep(STEP)
    ended = "took too long to listen" if process.returncode is None else f"ended with {process.returncode}"
    raise GuardFailed(f"the guard {ended}; `nightlatch doctor` may know why")


async def stop(process: Process) -> None:
    """Ask `process` to end, and insist after `MERCY`."""
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), MERCY)
    except TimeoutError:
        process.kill()
        await process.wait()


@contextlib.asynccontextmanager
async def guarded(
    upstream: str, *, policy: str, users: tuple[str, ...], ledger: Path, log: IO[bytes] | None = None
) -> AsyncIterator[Running]:
    """A guard in front of `upstream` on a free port while the context lasts; it talks to `log`, else to stdout."""
    ready = ledger.parent / "ready.json"
    people = [part for user in users for part in ("--dev-user", user)]
    options = ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--policy", policy, "--login", "dev", *people]
    files = ["--ledger", str(ledger), "--ready-file", str(ready)]
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "nightlatch_cli", "run", upstream, *options, *files),
        cwd=ledger.parent,
        env=surroundings(),
        stdout=log,
        stderr=log,
    )
    try:
        yield await listening(process, ready)
    finally:
        await stop(process)
