"""Files that a command is told to write: whether they can be, before work of minutes is done for them."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from nightlatch_cli.exits import ExitCode, fail

Named = tuple[str, Path]
"""The option that names a file, and the file."""


def check_written(written: Sequence[Named], read: Iterable[Path]) -> None:
    """Whether every file of `written` has a folder and a name of its own, and is none of those that are `read`.

    Raises:
        Failure: one has not (exit code 2).
    """
    sources, seen = {file.resolve() for file in read}, set[Path]()
    for option, file in written:
        place = file.resolve()
        if file.is_dir():
            fail(ExitCode.USAGE, f"{option} {file}: a folder; name a file in it")
        if not place.parent.is_dir():
            fail(ExitCode.USAGE, f"{option} {file}: there is no folder {file.parent}")
        if place in sources:
            fail(ExitCode.USAGE, f"{option} {file}: it is read, and would be overwritten", "name another file")
        if place in seen:
            fail(ExitCode.USAGE, f"{option} {file}: named twice")
        seen.add(place)
