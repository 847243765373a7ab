"""What is kept of a test that failed: the ledger, and of the test's own time the guard's log, the recording and the
explanation of each session."""

import re
from pathlib import Path
from typing import NamedTuple

from nightlatch import private_files
from nightlatch.testing.control_client import ControlError
from nightlatch.testing.guard_process import Files
from nightlatch.testing.guarded_site import Nightlatch

LONGEST = 120
"""Characters of a folder's name."""
MOST_EXPLAINED = 20
"""How many sessions are explained, the newest ones."""


class Marks(NamedTuple):
    """How long the growing files were when the test began, in bytes."""

    log: int = 0
    recording: int = 0


def marks(files: Files | None) -> Marks:
    """Where the test begins in them."""
    return Marks() if files is None else Marks(_size(files.log), _size(files.recording))


def explanations(site: Nightlatch) -> list[str]:
    """The explanation of every session of the test; a guard that does not answer any more is explained so too."""
    try:
        return [site.explain(each) for each in site.sessions[-MOST_EXPLAINED:]]
    except ControlError as error:
        return [str(error)]


def unsaid(explained: list[str], failure: str) -> list[str]:
    """Those explanations that the text of the failure does not hold already."""
    return [each for each in explained if each.partition("\n")[0] not in failure]


def keep(folder: Path, name: str, files: Files | None, begun: Marks, explained: list[str]) -> Path:
    """Write everything below `folder`, in one named after the test; what was kept of an earlier run is replaced."""
    place = folder / folder_name(name)
    private_files.make_folder(place)
    private_files.write(place / "explain.txt", ("\n\n".join(explained) + "\n").encode())
    if files is not None:
        private_files.write(place / "guard.log", _since(files.log, begun.log))
        private_files.write(place / "recording.jsonl", _recorded(files.recording, begun.recording))
        _copy_ledger(files.ledger, place / "ledger.db")
    return place


def folder_name(name: str) -> str:
    """A test's name as that of a folder: `test_a.py-test_b-case`."""
    plain = re.sub(r"[^\w.-]+", "-", name).strip("-.") or "test"
    return plain[-LONGEST:].strip("-.")


def _copy_ledger(source: Path, target: Path) -> None:
    from nightlatch.ledger.copying import copy_ledger
    from nightlatch.ledger.port import LedgerError

    try:
        copy_ledger(source, target)
    except LedgerError as error:
        private_files.write(target.with_suffix(".txt"), f"{error}\n".encode())


def _recorded(file: Path, begun: int) -> bytes:
    """The test's part of the recording, with the first line, which tells what it is: `replay` takes it."""
    whole = _since(file, 0)
    head = whole[: whole.find(b"\n") + 1]
    return whole if begun < len(head) else head + whole[begun:]


def _since(file: Path, begun: int) -> bytes:
    return file.read_bytes()[begun:] if file.exists() else b""


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
