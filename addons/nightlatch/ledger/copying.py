"""A copy of a ledger while others go on writing to it: one consistent file, to look at later."""

import contextlib
import os
import sqlite3
from pathlib import Path

from nightlatch.ledger.files import connect_reader, explained


def copy_ledger(source: Path, target: Path) -> None:
    """Copy the ledger at `source` to the new file `target` (mode 0600), as it stands at one instant.

    Raises:
        LedgerError: `source` cannot be read, or `target` not be written.
    """
    with contextlib.closing(connect_reader(source)) as reader, explained(target):
        os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
        with contextlib.closing(sqlite3.connect(target)) as copy:
            reader.backup(copy)
