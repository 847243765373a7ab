"""Watches one file from a thread of its own, and tells once it has changed and come to rest: editors rename, delete and
write anew, or write in several goes, and what they leave half-done is nobody's policy.

Knows neither policies nor the event loop. Where the file system tells of no changes (a network's, a folder that is made
anew), the file is looked at every two seconds all the same.
"""

import contextlib
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

REST = 0.3
"""Seconds for which the file must be left alone before it is read."""
LOOK_EVERY = 2.0
"""Seconds."""
_RESTLESS = 20
"""After how many changes in a row it is read although it does not come to rest."""

Mark = tuple[int, int, int, int] | None


class FileWatch:
    """The watch over `path`, which may be missing, a link, or no file at all."""

    def __init__(self, path: Path, changed: Callable[[], None]) -> None:
        """`changed` is called on the thread: once at the beginning, then after every change."""
        self._path, self._changed = path, changed
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._live, name="nightlatch-policy", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End it; `changed` may be called once more."""
        self._stop.set()

    def _live(self) -> None:
        seen = mark(self._path)
        self._changed()  # it may have changed since it was read
        for _ in self._stirrings():
            if mark(self._path) != seen:
                seen = self._at_rest()
                if not self._stop.is_set():
                    self._changed()

    def _at_rest(self) -> Mark:
        """The file's mark, once it stays the same for a while."""
        before = mark(self._path)
        for _ in range(_RESTLESS):
            if self._stop.wait(REST) or before == (before := mark(self._path)):
                break
        return before

    def _stirrings(self) -> Iterator[None]:
        """Something may have changed."""
        from watchfiles import watch

        while not self._stop.is_set():
            with contextlib.suppress(OSError, RuntimeError):  # such as: the folder is gone
                folders = {self._path.parent, self._path.resolve().parent}
                wait = int(LOOK_EVERY * 1000)
                stirred = watch(
                    *folders,
                    watch_filter=None,
                    debounce=100,
                    step=50,
                    stop_event=self._stop,
                    rust_timeout=wait,
                    yield_on_timeout=True,
                    raise_interrupt=False,
                    recursive=False,
                )
                for _ in stirred:
                    yield
            self._stop.wait(LOOK_EVERY)
            yield


def mark(path: Path) -> Mark:
    """What tells one state of the file from another: device, inode, time and size; None where there is nothing."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino, found.st_mtime_ns, found.st_size
