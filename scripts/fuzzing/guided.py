"""The coverage-guided engine: atheris (libFuzzer), which keeps what reaches code that nothing reached before.

libFuzzer ends its process, so every target has one of its own: `run` starts it, `main` is what happens in it.
"""

import json
import os
import re
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from time import monotonic

from scripts.fuzzing.attempts import Fault
from scripts.fuzzing.mutation import LONGEST
from scripts.fuzzing.tally import Tally

_COVERAGE = re.compile(r"cov: (\d+)")
_ARTIFACTS = ("timeout", "oom", "crash", "leak")


def is_installed() -> bool:
    """Whether there is atheris for this Python and machine."""
    return find_spec("atheris") is not None


def run(name: str, runs: int, seconds: float, seed: int) -> Tally:
    """Try `runs` inputs on the target `name`, for at most so many seconds."""
    began = monotonic()
    with tempfile.TemporaryDirectory(prefix="nightlatch-fuzz-") as folder:
        told = [name, str(runs), str(seconds), str(seed), folder]
        command = [sys.executable, "-m", "scripts.fuzzing.guided_process", *told]
        surroundings = {**os.environ, "TMPDIR": folder}
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False, env=surroundings)
        result = Path(folder) / "result.json"
        count, faults = _read(result) if result.exists() else (0, [])
        faults += _artifacts(Path(folder))
        if not result.exists() and not faults:
            faults = [Fault("process", "", done.stderr[-2000:])]
    covered = [int(number) for number in _COVERAGE.findall(done.stderr)]
    return Tally(name, "atheris", count, monotonic() - began, max(covered, default=None), tuple(faults))


def _read(result: Path) -> tuple[int, list[Fault]]:
    told = json.loads(result.read_text())
    return told["inputs"], [
        Fault(kind, where, text, bytes.fromhex(content)) for kind, where, text, content in told["faults"]
    ]


def _artifacts(folder: Path) -> list[Fault]:
    """What libFuzzer itself found: an input that took too long or too much memory."""
    files = [file for kind in _ARTIFACTS for file in folder.glob(f"{kind}-*")]
    return [Fault(file.name.partition("-")[0], "libFuzzer", "", file.read_bytes()[:LONGEST]) for file in files]
