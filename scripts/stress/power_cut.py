"""What would be on the disk had the power been cut: copies of a SQLite ledger's files while their writer stands still,
and of those, ones whose log ends somewhere in what nobody had been told of yet.

Reads the header of SQLite's `-shm` file (its WAL-index, https://www.sqlite.org/walformat.html) to know how much of the
log must have been synced. Knows files; knows nothing of what is in them.
"""

import os
import random
import shutil
import struct
from pathlib import Path
from typing import NamedTuple

HEADER, FRAME_HEADER = 32, 24
"""Bytes of the log's header, and of each frame's before its page."""


class Reach(NamedTuple):
    """How far the log reaches: which log (its salt), how many frames, how many of them a checkpoint may already have
    carried into the database (it syncs the log first), and how long a page is."""

    salt: bytes
    frames: int
    carried: int
    page: int

    def place(self, frame: int) -> int:
        """Where a frame ends in the log, in bytes."""
        return HEADER + frame * (FRAME_HEADER + self.page)


def reach(ledger: Path) -> Reach:
    """How far the log of `ledger` reaches now."""
    index = Path(f"{ledger}-shm").read_bytes()[:132]
    page, frames = struct.unpack_from("=HI", index[14:16] + index[16:20])
    carried = max(struct.unpack_from("=I", index, place)[0] for place in (96, 128))
    return Reach(index[32:40], frames, carried, 65536 if page == 1 else page)


def copy(ledger: Path, folder: Path) -> Path:
    """The files as they are: the database first, then its log; the index is made anew by who opens it."""
    folder.mkdir(exist_ok=True)
    for old in folder.iterdir():
        old.unlink()
    for name in (ledger.name, f"{ledger.name}-wal"):
        shutil.copyfile(ledger.with_name(name), folder / name)
    return folder / ledger.name


def tear(copied: Path, told: Reach, now: Reach, dice: random.Random) -> bool:
    """Let the log of a copy end at a random byte behind everything that anybody had been told of when it reached as far
    as `told`; what was written later, until `now`, was not synced for anybody. False when nothing was.
    """
    log = Path(f"{copied}-wal")
    synced = max(told.frames, now.carried)
    if told.salt != now.salt or log.read_bytes()[16:24] != now.salt or synced >= now.frames:
        return False
    end = dice.randrange(now.place(synced), now.place(now.frames))
    whole = log.stat().st_size
    os.truncate(log, end)
    if dice.random() < 0.5:  # the file's length had reached the disk, and its content had not
        os.truncate(log, whole)
    return True
