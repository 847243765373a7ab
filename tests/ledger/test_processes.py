import os
import subprocess
import sys

from nightlatch.ledger.processes import alive


def test_a_process_is_alive_until_it_is_not() -> None:
    assert alive(os.getpid())
    process = subprocess.Popen([sys.executable, "-c", "pass"])
    process.wait(30)
    assert not alive(process.pid)


def test_numbers_that_mean_something_else_are_no_process() -> None:
    assert not alive(0) and not alive(-1)


def test_one_of_somebody_else_is_alive() -> None:
    assert alive(1)
