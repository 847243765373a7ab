"""Records what passes as a capture for `nightlatch replay`: credentials replaced by fingerprints, warped times,
sessions and verdicts. Lines are appended as they happen, so a capture is whole up to the last finished exchange; a
guard that is started again goes on with it."""

import json
import os
from io import TextIOWrapper
from pathlib import Path

from nightlatch.core.recording import SCHEMA, exchange_line, header_line
from nightlatch.private_files import append, make_folder
from nightlatch.proxy.judged import Judged

_LONGEST = 10_000
"""Bytes of a first line that is looked at."""


class RecordingUnusable(ValueError):
    """The file cannot be written, or gone on with; the message names it (exit code 3)."""


class Recorder:
    """An open capture file, readable by its owner only."""

    def __init__(self, path: Path, site: str, policy: str) -> None:
        try:
            make_folder(path.parent)
            cut_off = _ends_midway(path)
            self._file = TextIOWrapper(append(path), encoding="utf-8")
        except OSError as error:
            raise RecordingUnusable(f"cannot record into {path}: {error.strerror}; name another file") from error
        if cut_off:
            self._file.write("\n")
        self._write(header_line(site, policy))

    def exchange(self, judged: Judged, *, ended_at: int, status: int, size: int, streamed: bool = False) -> None:
        """Add a finished exchange; `streamed`: its answer was passed on as it came."""
        arrival = judged.arrival
        self._write(
            exchange_line(
                arrival.request,
                origin=arrival.origin,
                at=arrival.now,
                duration=max(0, ended_at - arrival.now),
                status=status,
                size=size,
                session=judged.session,
                verdict=judged.verdict,
                decision=judged.decision,
                streamed=streamed,
            )
        )

    def close(self) -> None:
        """Finish the file."""
        self._file.close()

    def _write(self, line: dict[str, object]) -> None:
        self._file.write(json.dumps(line, separators=(",", ":")) + "\n")
        self._file.flush()


def _ends_midway(path: Path) -> bool:
    """Whether the earlier recording in `path`, if there is one, ends within a line: what wrote it was killed."""
    if not path.is_file():
        return False
    with path.open("rb") as file:
        first = file.readline(_LONGEST)
        if not first:
            return False
        if not _begins_recording(first):
            raise RecordingUnusable(f"cannot go on with {path}: it is no recording; move it away, or name another file")
        file.seek(-1, os.SEEK_END)
        return file.read(1) != b"\n"


def _begins_recording(line: bytes) -> bool:
    try:
        header = json.loads(line)
    except (ValueError, RecursionError):
        return False
    return isinstance(header, dict) and header.get("schema") == SCHEMA
