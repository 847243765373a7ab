"""A process may have more files open than a shell allows at first, as far as the system lets it."""

import json
import subprocess
import sys

from tests.e2e.processes import surroundings

from nightlatch.proxy.file_limit import WANTED, open_files

SCRIPT = """
import json, resource, sys
from nightlatch.proxy.file_limit import allow_more, open_files
soft, hard = json.loads(sys.argv[1])
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
before = open_files()
allow_more()
print(json.dumps([before, open_files()]))
"""


def raised(soft: int, hard: int) -> list[int]:
    """The limit before and after, in a process of its own."""
    command = [sys.executable, "-c", SCRIPT, json.dumps([soft, hard])]
    done = subprocess.run(command, env=surroundings(), capture_output=True, text=True, check=True)
    found: list[int] = json.loads(done.stdout)
    return found


def test_it_is_raised_as_far_as_the_system_allows() -> None:
    assert raised(64, 512) == [64, 512]
    assert raised(512, 512) == [512, 512]


def test_more_than_it_can_use_is_not_asked_for() -> None:
    soft, hard = open_files() or WANTED, max(open_files() or 0, 1024)
    assert raised(min(soft, 256), hard)[1] <= WANTED
