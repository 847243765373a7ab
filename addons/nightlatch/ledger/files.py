"""Opening the ledger's file: where it is, who may read it, and what went wrong in words that name the remedy.

Knows SQLite's locks, journal and error codes; knows nothing of what the tables mean.
"""

import contextlib
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from nightlatch.clock import monotonic_now
from nightlatch.ledger.port import LedgerError
from nightlatch.ledger.schema import LEDGER_SCHEMA, check_not_older, version_of
from nightlatch.private_files import make_folder

READ_WAIT = 0.05
"""Seconds a read may wait. In WAL a read waits for no writer, only while a crashed one's log is recovered."""

WRITE_WAIT = 1.0
"""Seconds a write may wait for another process's write, before the ledger counts as locked."""

LOG_KEPT = 8 << 20
"""Bytes. A log that had to grow beyond it (a long reader kept it from being folded back) is cut to that afterwards."""

REMEDIES = {
    sqlite3.SQLITE_NOTADB: "not a ledger. Give another path with --ledger, or move the file away.",
    sqlite3.SQLITE_CORRUPT: "damaged. Move it away (a new one is made), or restore a copy.",
    sqlite3.SQLITE_BUSY: "locked by another program. End that program's transaction and try again.",
    sqlite3.SQLITE_LOCKED: "locked by another program. End that program's transaction and try again.",
    sqlite3.SQLITE_READONLY: "not writable. Change its owner or mode, or give another path with --ledger.",
    sqlite3.SQLITE_PERM: "not readable. Change its owner or mode, or give another path with --ledger.",
    sqlite3.SQLITE_CANTOPEN: "not to be opened. Check the folder and its mode, or give another path with --ledger.",
    sqlite3.SQLITE_FULL: "on a disk that is full. Make room and try again.",
    sqlite3.SQLITE_IOERR: "on a disk that cannot be read or written. Check it, or give another path with --ledger.",
}


def explain(path: Path, error: sqlite3.Error | OSError | UnicodeDecodeError) -> LedgerError:
    """`error`, met while using the ledger at `path`, as one that names the place and the remedy."""
    # Python cannot read what SQLite says where it quotes a schema that is damaged.
    unknown = sqlite3.SQLITE_CORRUPT if isinstance(error, UnicodeDecodeError) else sqlite3.SQLITE_ERROR
    # The low byte is the primary code; the rest tells variants of it apart.
    code = getattr(error, "sqlite_errorcode", unknown) & 0xFF
    remedy = REMEDIES.get(code, "not usable. Give another path with --ledger.")
    cause = error.strerror if isinstance(error, OSError) else error
    return LedgerError(f"The ledger {path} is {remedy} ({cause})")


File = tuple[int, int] | None
"""Device and inode; None where there is none."""


SETTLED = 100_000
"""Microseconds after which a further change in a folder is told by its time of change: kernels count in steps of up to
ten milliseconds."""


class Place:
    """Where a ledger was opened: its file, its log and the log's index. They are there while anybody has it open, and
    belong together: who goes on with one that was removed no longer sees what others write.

    None of them can be removed, moved or replaced without their folder being changed, so as a rule one look at the
    folder does for the three; not where the ledger's name is a link to another folder.
    """

    def __init__(self, path: Path) -> None:
        self._files = [(name, _file_at(name)) for name in (str(path), f"{path}-wal", f"{path}-shm")]
        self._folder_name = "" if path.is_symlink() else str(path.absolute().parent)
        self._folder: tuple[int, int, int] | None = None
        self._seen_at = 0
        self._is_settled = False

    def is_unchanged(self) -> bool:
        """Whether the very same files are there. Asked on every request."""
        folder = _folder_at(self._folder_name)
        if self._is_settled and folder == self._folder:
            return True
        return self._are_there() and self._remember(folder)

    def _remember(self, folder: tuple[int, int, int] | None) -> bool:
        """They were there, after the folder was looked at."""
        now = monotonic_now()
        if folder != self._folder:
            self._folder, self._seen_at = folder, now
        self._is_settled = folder is not None and now - self._seen_at >= SETTLED
        return True

    def _are_there(self) -> bool:
        if self._files[0][1] is None:
            return False
        for name, file in self._files:  # noqa: SIM110 (a generator would cost as much as a look at a file)
            if _file_at(name) != file:
                return False
        return True


def _folder_at(name: str) -> tuple[int, int, int] | None:
    """Which folder, and when it was changed last: by the kernel's mark, which nobody can set."""
    try:
        found = os.stat(name)  # noqa: PTH116 (a third of what Path.stat costs)
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_ctime_ns


def _file_at(name: str) -> File:
    try:
        found = os.stat(name)  # noqa: PTH116 (a third of what Path.stat costs)
    except OSError:
        return None
    return found.st_dev, found.st_ino


@contextlib.contextmanager
def explained(path: Path) -> Iterator[None]:
    """Within it, what SQLite and the file system raise becomes a `LedgerError` about `path`."""
    try:
        yield
    except (sqlite3.Error, OSError, UnicodeDecodeError) as error:
        raise explain(path, error) from error


def connect_reader(path: Path) -> sqlite3.Connection:
    """A connection to an existing ledger that refuses to change it.

    Raises:
        LedgerError: missing, a folder, unreadable, somebody else's, of another schema.
    """
    if not path.exists():
        raise LedgerError(f"There is no ledger at {path}. Start `nightlatch run UPSTREAM`, or give one with --ledger.")
    _check_file(path)
    with explained(path):
        connection = _connect(path, READ_WAIT)
        with _closed_on_error(connection):
            check_not_older(version_of(connection, path), path)
            connection.execute("PRAGMA query_only = ON")
        return connection


def connect_writer(path: Path) -> sqlite3.Connection:
    """A connection that may change the ledger, which is made (folder 0700, file 0600) or brought up to date first.

    Raises:
        LedgerError: a folder, not writable, locked, corrupt, somebody else's, newer than this program.
    """
    _check_file(path)
    with explained(path):
        make_folder(path.parent)
        if not path.exists():
            _create(path)
        return _prepared(path)


def _check_file(path: Path) -> None:
    if path.is_dir():
        raise LedgerError(f"The ledger {path} is a folder. Give the path of a file with --ledger.")


def _create(path: Path) -> None:
    """Make the ledger under another name and link it into place, so that of two guards that start at once neither
    sees half of it. Where links are not to be had it is left to `_prepared` to make it in place."""
    new = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        _prepared(new).close()
        with contextlib.suppress(OSError):
            os.link(new, path)
    finally:
        for leftover in (new, Path(f"{new}-wal"), Path(f"{new}-shm")):
            leftover.unlink(missing_ok=True)


def _prepared(path: Path) -> sqlite3.Connection:
    """A writing connection to the ledger at `path`, in WAL mode and of this program's schema."""
    # Made here and not by SQLite, which would leave the mode to the umask; its -wal and -shm files take it over. A file
    # that is there is left alone: closing it would take the locks of every other connection of this process to it
    # (POSIX), and whoever closed the ledger next would take the log away from under them.
    with contextlib.suppress(FileExistsError):
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    if not os.access(path, os.W_OK):
        raise LedgerError(f"The ledger {path} is {REMEDIES[sqlite3.SQLITE_READONLY]}")
    connection = _connect(path, WRITE_WAIT)
    with _closed_on_error(connection):
        if version_of(connection, path) < LEDGER_SCHEMA:
            _initialise(connection, path)
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {LOG_KEPT}")
        connection.execute("PRAGMA fullfsync = ON")  # macOS: without it a sync does not reach the disk
        return connection


def _initialise(connection: sqlite3.Connection, path: Path) -> None:
    # sqlite-utils is loaded only here: it takes longer than everything else a short command does.
    from nightlatch.ledger.migrations import migrate

    path.chmod(0o600)
    connection.execute("PRAGMA auto_vacuum = INCREMENTAL")  # heeded only before there is anything in the file
    connection.execute("PRAGMA journal_mode = WAL")
    migrate(connection, path)


def _connect(path: Path, wait: float) -> sqlite3.Connection:
    """`check_same_thread` is off since a reader may be closed by another thread than the one that used it; SQLite
    itself is serialised. `isolation_level=None`: transactions are begun and ended where it is written."""
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )


@contextlib.contextmanager
def _closed_on_error(connection: sqlite3.Connection) -> Iterator[None]:
    try:
        yield
    except BaseException:
        connection.close()
        raise
