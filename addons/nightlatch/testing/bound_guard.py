"""`python -m nightlatch.testing.bound_guard run …`: nightlatch's command line, for as long as whoever started it lives.

Standard input is a pipe that only the starter holds. It closes when the starter ends, however that happens (`kill -9`
included), and a guard of which nobody knows any more ends with it. Knows nothing of what the command does.
"""

import os
import runpy
import signal
import sys
import threading

GRACE = 10.0
"""Seconds in which the guard may write down what it has."""


def _watch() -> None:
    while sys.stdin.buffer.read(1024):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    threading.Event().wait(GRACE)
    os._exit(1)


if __name__ == "__main__":
    threading.Thread(target=_watch, daemon=True).start()
    runpy.run_module("nightlatch_cli", run_name="__main__", alter_sys=True)
