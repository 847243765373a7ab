"""Records what passes as a capture for `nightlatch replay`: credentials replaced by fingerprints, warped times,
sessions and verdicts. Lines are appended as they happen, so a capture is whole up to the last finished exchange."""

import json
from io import TextIOWrapper
from pathlib import Path

from nightlatch.core.recording import exchange_line, header_line
from nightlatch.private_files import create, make_folder
from nightlatch.proxy.judged import Judged


class RecordingUnusable(ValueError):
    """The file cannot be written; the message names it (exit code 3)."""


class Recorder:
    """An open capture file, readable by its owner only."""

    def __init__(self, path: Path, site: str, policy: str) -> None:
        try:
            make_folder(path.parent)
            self._file = TextIOWrapper(create(path), encoding="utf-8")
        except OSError as error:
            raise RecordingUnusable(f"cannot record into {path}: {error.strerror}; name another file") from error
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
