"""SIGHUP. It asks a process in the background to read its configuration anew; it also tells one in a terminal that the
window was closed, and that one has to end, or it would guard on with nobody knowing."""

import asyncio
import contextlib
import os
import signal
from collections.abc import Callable


class Hangup:
    """Heeds SIGHUP in the running loop, where the platform has it."""

    def __init__(self, reload: Callable[[], None]) -> None:
        self._reload = reload
        self._terminal = has_terminal()
        self._loop: asyncio.AbstractEventLoop | None = None

    def heed(self) -> None:
        """From now on. In a thread that gets no signals nothing changes."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(NotImplementedError, ValueError, RuntimeError):
            loop.add_signal_handler(signal.SIGHUP, self._heard)
            self._loop = loop

    def ignore(self) -> None:
        """No longer."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.remove_signal_handler(signal.SIGHUP)

    def _heard(self) -> None:
        if self._terminal and not has_terminal():
            os.kill(os.getpid(), signal.SIGTERM)
        else:
            self._reload()


def has_terminal() -> bool:
    """Whether this process has a terminal, and somebody at its other end."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return False
    return True
