"""Files that a command writes whole or not at all: until all of it is on disk, what was there before stays there, also
when the process is killed, interrupted, or fails half-way. What is new is its owner's alone: reports name people. Knows
nothing of what is written."""

import contextlib
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

_STREAMS = ("/dev/", "/proc/")
"""Where names stand for what is open already: `/dev/stdout`, `/dev/fd/3`."""


def write_whole(path: Path, content: bytes) -> None:
    """Have `content` at `path`, in place of what was there.

    Raises:
        OSError: it cannot be written; what was there still is.
    """
    with whole(path) as file:
        file.write(content)


@contextlib.contextmanager
def whole(path: Path) -> Iterator[BinaryIO]:
    """What is written within the block is at `path` once it ends well. A pipe or a device gets it as it comes.

    Raises:
        OSError: it cannot be written; what was there still is.
    """
    if not _is_plain(path):
        with path.open("wb") as file:
            yield file
        return
    place = path.resolve()  # through a link, which stays one
    draft = place.with_name(f".{place.name}.{secrets.token_hex(4)}")
    try:
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            if place.exists():
                draft.chmod(place.stat().st_mode & 0o777)
            yield file
            file.flush()
            os.fsync(file.fileno())
        draft.replace(place)
    except OSError as error:
        if error.filename == str(draft):
            error.filename = str(path)  # the name that was given, not one that nobody knows
        raise
    finally:
        draft.unlink(missing_ok=True)


def _is_plain(path: Path) -> bool:
    return not str(path.absolute()).startswith(_STREAMS) and (path.is_file() or not path.exists())
