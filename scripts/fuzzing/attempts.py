"""One input tried, and what becomes of an input that broke something: made small, and kept."""

import hashlib
import traceback
from collections.abc import Callable
from pathlib import Path
from time import thread_time
from typing import NamedTuple

from scripts.fuzzing.target import Target

ROOT = Path(__file__).parents[2]
CORPUS = ROOT / "tests" / "data" / "fuzz"
"""Inputs that once broke something, a folder a target. The suite tries them all again."""

SLOW = 2.0
"""Seconds of computing that no input of a few thousand bytes may take."""

_MOST_TRIED = 1500


class Fault(NamedTuple):
    """What went wrong: `kind` and `where` tell one fault from another."""

    kind: str
    where: str
    message: str
    content: bytes = b""


def attempt(target: Target, content: bytes) -> Fault | None:
    """The fault that `content` brings out; None where all is as it should be."""
    start = thread_time()
    try:
        target.run(content)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return Fault(type(error).__name__, _where(error), str(error)[:300], content)
    taken = thread_time() - start
    return Fault("slow", "", f"{taken:.1f} s for {len(content)} bytes", content) if taken > SLOW else None


def _where(error: BaseException) -> str:
    """The last place of the project's in the trace: of nightlatch if it goes that deep, else of the target."""
    places = [
        f"{Path(frame.filename).relative_to(ROOT)}:{frame.lineno}"
        for frame in traceback.extract_tb(error.__traceback__)
        if Path(frame.filename).is_relative_to(ROOT) and ".venv" not in frame.filename
    ]
    own = [place for place in places if not place.startswith("scripts/")]
    return (own or places or ["elsewhere"])[-1]


def smaller(target: Target, fault: Fault) -> Fault:
    """The same fault from as little input as can be found in short time."""
    left = _MOST_TRIED

    def same(content: bytes) -> bool:
        nonlocal left
        left -= 1
        found = attempt(target, content)
        return found is not None and found[:2] == fault[:2]

    if fault.kind == "slow":
        return fault
    content, size = fault.content, max(1, len(fault.content) // 2)
    while size and left > 0:
        content, size = _without(content, size, same), size // 2
    return attempt(target, content) or fault


def _without(content: bytes, size: int, same: Callable[[bytes], bool]) -> bytes:
    at = 0
    while at < len(content):
        shorter = content[:at] + content[at + size :]
        if same(shorter):
            content = shorter
        else:
            at += size
    return content


def keep(name: str, content: bytes) -> Path:
    """Put `content` into the corpus of the target `name`."""
    file = CORPUS / name / hashlib.sha256(content).hexdigest()[:12]
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(content)
    return file


def kept(name: str) -> tuple[bytes, ...]:
    """The corpus of the target `name`."""
    return tuple(file.read_bytes() for file in sorted((CORPUS / name).glob("*")))
