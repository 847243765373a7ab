"""Backends of a server that are stopped (as by a debugger, or a disk that hangs), and go on afterwards."""

import contextlib
import os
import signal
from collections.abc import Iterator

from tests.ledger.postgres.server import Server


def backends(server: Server, name: str) -> list[int]:
    """The processes that serve the connections of that `application_name`."""
    found = server.ask(f"SELECT pid FROM pg_stat_activity WHERE application_name = '{name}'")
    return [int(str(pid)) for (pid,) in found]


@contextlib.contextmanager
def stopped(pids: list[int]) -> Iterator[None]:
    """They do nothing, and their sockets stay open."""
    for pid in pids:
        os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        for pid in pids:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)
