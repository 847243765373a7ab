"""The audit trail as a file that grows: one JSON document a line, for a log shipper to follow.

A line is written once the event is on disk in the ledger. After a crash the last lines may come twice: each has its
`id`; and a line that a kill cut off stays as it is, its event following whole on a line of its own. A file that was
moved away (by logrotate, say) is made anew.
"""

import asyncio
import json
import os
from collections.abc import Sequence
from pathlib import Path

from nightlatch.alerts.channel import Fate, Outcome, Told
from nightlatch.audit.shapes import SHAPES, Shape
from nightlatch.core.events import EventType
from nightlatch.ledger.alerts_port import Delivery


class FileSink:
    """Appends to one file; mode 0600, as it tells who was there and when."""

    wants = frozenset(EventType)
    at_once = 500
    pause = 0

    def __init__(self, path: Path, shape: str = "jsonl") -> None:
        self.name = f"audit-file:{path}:{shape}"
        self._path = path
        self._shape: Shape = SHAPES[shape]

    def make(self) -> None:
        """Make the file, if it is not there: what cannot be written is better told before anything happens.

        Raises:
            OSError: it cannot be written.
        """
        os.close(_opened(self._path))

    def compose(self, told: Told, key: str, wall: int) -> str | None:
        """The line."""
        return json.dumps(self._shape(told.chained), separators=(",", ":"))

    async def send(self, deliveries: Sequence[Delivery], wall: int) -> Outcome:
        """Append the lines, and have them on disk."""
        lines = "".join(f"{delivery.body}\n" for delivery in deliveries).encode()
        try:
            await asyncio.to_thread(_append, self._path, lines)
        except OSError as error:
            return Outcome(Fate.DOWN, f"{self._path}: {error.strerror}")
        return Outcome(Fate.DONE)


def _opened(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)


def _append(path: Path, lines: bytes) -> None:
    """All of `lines` or none: a line that was cut off by a full disk is taken back."""
    descriptor = _opened(path)
    try:
        before = os.fstat(descriptor).st_size
        cut_off = before > 0 and os.pread(descriptor, 1, before - 1) != b"\n"
        try:
            _write_all(descriptor, b"\n" + lines if cut_off else lines)
        except OSError:
            os.ftruncate(descriptor, before)
            raise
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_all(descriptor: int, lines: bytes) -> None:
    rest = memoryview(lines)
    while rest:
        rest = rest[os.write(descriptor, rest) :]
