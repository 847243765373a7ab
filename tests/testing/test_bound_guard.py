"""A guard that was started by a test run ends with it, however that ends."""

import os
import signal
import subprocess
import sys
from pathlib import Path

from tests.e2e.processes import surroundings
from tests.e2e.waiting import until

from nightlatch.ledger.processes import alive

RUN = """
import sys, threading
from pathlib import Path
from nightlatch.testing.guard_process import start
guard = start("http://127.0.0.1:9", Path(sys.argv[1]), (), Path(sys.argv[1]))
Path(sys.argv[1], "pid").write_text(str(guard.process.pid))
threading.Event().wait()
"""


def test_a_guard_ends_when_the_tests_are_killed(tmp_path: Path) -> None:
    tests = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], env=surroundings())
    pid = tmp_path / "pid"
    until(lambda: (pid.exists() and pid.read_text()) or tests.poll() is not None, "the guard to be started")
    guard = int(pid.read_text())
    assert alive(guard)
    tests.kill()
    tests.wait()
    try:
        until(lambda: not _runs(guard), "the guard to end as well")
    finally:
        if _runs(guard):
            os.kill(guard, signal.SIGKILL)


def _runs(pid: int) -> bool:
    """Whether it runs. One that has ended may wait for somebody to take note of it, where it was adopted."""
    status = Path(f"/proc/{pid}/stat")
    if status.parent.parent.joinpath("self").exists():
        return status.exists() and status.read_text().rpartition(")")[2].split()[0] != "Z"
    return alive(pid)
