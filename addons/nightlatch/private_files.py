"""Files and folders that are for their owner alone: what nightlatch writes names people, and some of it opens doors.

What is made gets its mode (0600, folders 0700) as it is made, whatever the umask is. What was there before keeps the
mode that its owner gave it, and a link is followed, as `--report /dev/stdout` needs; only `replace` writes to a place
that others may have prepared. Knows nothing of what is written.
"""

import contextlib
import errno
import os
from pathlib import Path
from typing import BinaryIO

_FILE, _FOLDER = 0o600, 0o700


def make_folder(path: Path) -> None:
    """Make the folder `path` and what it lies in, as far as they are missing.

    Raises:
        OSError: one of them cannot be made.
    """
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            folder.mkdir(_FOLDER, exist_ok=True)


def create(path: Path, *, fresh: bool = False) -> BinaryIO:
    """`path` opened for writing, and empty.

    Args:
        path: where to.
        fresh: there may be nothing of that name yet.

    Raises:
        OSError: it cannot be opened.
    """
    how = os.O_EXCL if fresh else os.O_TRUNC
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | how, _FILE), "wb")


def append(path: Path) -> BinaryIO:
    """`path` opened for writing behind what it has.

    Raises:
        OSError: it cannot be opened.
    """
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, _FILE), "wb")


def write(path: Path, content: bytes) -> None:
    """Have `content` in `path`, and nothing else.

    Raises:
        OSError: it cannot be written.
    """
    with create(path) as file:
        file.write(content)


def try_to_replace(path: Path) -> None:
    """Whether `replace` would do, without a change to `path`: for who has nothing to write yet.

    Raises:
        OSError: it would not.
    """
    if path.is_dir():
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    draft = _draft_of(path)
    create(draft, fresh=True).close()
    draft.unlink()


def replace(path: Path, content: bytes) -> None:
    """Put a new file with `content` in the place of `path`, whole at once. Others who can write to its folder (`/tmp`)
    cannot have prepared the draft: one that is there is thrown away, and a link is not followed.

    Raises:
        OSError: it cannot be written.
    """
    draft = _draft_of(path)
    try:
        with create(draft, fresh=True) as file:
            file.write(content)
        draft.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            draft.unlink()
        raise


def _draft_of(path: Path) -> Path:
    """Where what is to take the place of `path` is written first; nothing is there."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    with contextlib.suppress(FileNotFoundError):
        draft.unlink()
    return draft
