"""The guard of a test run: `nightlatch run` as a process of its own, or one that runs already.

Each worker of pytest-xdist has its own, on free ports and with its own ledger, so that they cannot meet.
"""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from threading import Event
from time import monotonic
from typing import NamedTuple
from urllib.parse import urlsplit

from nightlatch.core.secret_options import hidden
from nightlatch.private_files import create
from nightlatch.testing.control_client import ControlClient

START = 120.0
"""Seconds within which a guard listens, also on a machine that has better things to do."""

STEP = Event()
"""Never set: waiting for it is how a moment passes."""


BOUND = "nightlatch.testing.bound_guard"
"""What is run: it ends with this process, which holds the other end of its standard input."""


_ATTACH = "Leave it out; or start a guard with it and --control yourself, and give --nightlatch-url"
OWN = {
    "--ledger": f"Each has a ledger of its own, a file, which every test begins anew. {_ATTACH}",
    "--record": f"It records for what is kept of a failure. {_ATTACH}",
    "--ready-file": _ATTACH,
    "--listen": f"It listens on a free port: `nightlatch.base_url`. {_ATTACH}",
    "--control": f"It listens on a free port. {_ATTACH}",
}
"""Options of `nightlatch run` that the plugin gives itself, and what to do in place of giving them."""


class GuardError(Exception):
    """The guard does not start, or cannot be found. The message says why and what to do."""


class Files(NamedTuple):
    """What a guard of our own leaves behind."""

    ledger: Path
    log: Path
    recording: Path


class Guard:
    """A guard, and the way to steer it."""

    def __init__(self, client: ControlClient, url: str, files: Files | None = None) -> None:
        """`url` is where the guarded site is; `files` are None for a guard that somebody else started."""
        self.client, self.url, self.files = client, url, files
        self.process: subprocess.Popen[bytes] | None = None

    def stop(self) -> None:
        """End it, if it is ours."""
        if self.process is not None:
            end(self.process)


def start(upstream: str, folder: Path, options: Sequence[str], cwd: Path) -> Guard:
    """Start a guard in front of `upstream`, its files in `folder`; `options` are further ones of `nightlatch run`.

    Raises:
        GuardError: it does not start; the message has what it said. Or an option is the plugin's own to give.
    """
    _refuse_own(options)
    files = Files(folder / "ledger.db", folder / "guard.log", folder / "recording.jsonl")
    ready = folder / "ready.json"
    own = ["--listen", "127.0.0.1:0", "--control", "127.0.0.1:0", "--ready-file", str(ready)]
    kept = ["--ledger", str(files.ledger), "--record", str(files.recording)]
    command = [sys.executable, "-m", BOUND, "run", upstream, *options, *own, *kept]
    with create(files.log) as log:
        process = subprocess.Popen(  # noqa: S603 (this Python, with arguments and no shell)
            command, cwd=cwd, stdin=subprocess.PIPE, stdout=log, stderr=subprocess.STDOUT
        )
    deadline = monotonic() + START
    while not ready.exists():
        if process.poll() is not None or monotonic() > deadline:
            end(process, patience=0)
            raise GuardError(f"the guard did not start:\n  {' '.join(hidden(command[1:]))}\n{_said(files.log)}")
        STEP.wait(0.02)
    facts = json.loads(ready.read_text("utf-8"))
    guard = Guard(ControlClient(facts["control"], facts["token"]), facts["url"], files)
    guard.process = process
    return guard


def _refuse_own(options: Sequence[str]) -> None:
    """What was given for nothing is told: on a shared ledger each test would end everybody's sessions."""
    for name in (option.partition("=")[0] for option in options):
        if name in OWN:
            raise GuardError(f"nightlatch_options: {name} is this guard's own affair. {OWN[name]}")


def end(process: "subprocess.Popen[bytes]", patience: float = 20) -> None:
    """End a guard as Ctrl-C would; after `patience` seconds as `kill -9` does."""
    try:
        if patience:
            process.terminate()
        process.wait(patience)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
    finally:
        if process.stdin is not None:
            process.stdin.close()


def _said(log: Path) -> str:
    return "\n".join(f"  {line}" for line in log.read_text("utf-8", "replace").splitlines()[-20:])


def attach(address: str) -> Guard:
    """The guard whose control API is at `address`: `http://127.0.0.1:37971/#TOKEN`, as it prints it, or without the
    token where that is in `NIGHTLATCH_CONTROL_TOKEN`.

    Raises:
        GuardError: no address, or no token.
        ControlError: nobody answers there, or the token is another's.
    """
    parts = urlsplit(address)
    token = parts.fragment or os.environ.get("NIGHTLATCH_CONTROL_TOKEN", "")
    if parts.scheme != "http" or not parts.netloc:
        raise GuardError(f"--nightlatch-url {parts.netloc or address}: expected http://127.0.0.1:PORT/#TOKEN")
    if not token:
        raise GuardError(
            f"--nightlatch-url http://{parts.netloc}: the token is missing. Give the URL as `nightlatch run` prints it "
            "(http://…/#TOKEN), or the token in NIGHTLATCH_CONTROL_TOKEN"
        )
    client = ControlClient(f"http://{parts.netloc}", token)
    return Guard(client, client.get("/version")["url"])
