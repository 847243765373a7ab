"""Folders for what targets need on disk: gone when the process ends."""

import atexit
import shutil
import tempfile
from pathlib import Path


def fresh() -> Path:
    """A new folder."""
    folder = tempfile.mkdtemp(prefix="nightlatch-fuzz-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)
