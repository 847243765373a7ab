"""What a running guard says on stderr: one line a message, never a traceback.

It takes what mitmproxy and nightlatch log. While the guard starts, errors are kept back, so that the start can
end with one clear sentence instead of mitmproxy's own.
"""

import logging
import sys
import traceback
from typing import TextIO

from nightlatch.core.printable import printable

PREFIXES = {logging.WARNING: "warning: ", logging.ERROR: "error: ", logging.CRITICAL: "error: "}


class ConsoleLog(logging.Handler):
    """A logging handler on the root logger. nightlatch's own messages show from INFO on, all others from WARNING on."""

    def __init__(self, stream: TextIO | None = None) -> None:
        super().__init__()
        self.stream = stream
        self.starting = True
        self.startup_errors: list[str] = []

    def install(self) -> None:
        """Listen on the root logger."""
        logging.getLogger().addHandler(self)
        logging.getLogger("nightlatch").setLevel(logging.INFO)
        # asyncio warns of every client that hangs up early.
        logging.getLogger("asyncio").setLevel(logging.ERROR)

    def uninstall(self) -> None:
        logging.getLogger().removeHandler(self)

    def started(self) -> None:
        """From now on errors are shown as they come."""
        self.starting = False

    def emit(self, record: logging.LogRecord) -> None:
        text = describe(record)
        if self.starting and record.levelno >= logging.ERROR:
            self.startup_errors.append(text)
            return
        self.say(PREFIXES.get(record.levelno, "") + text)

    def say(self, text: str) -> None:
        """Write a message; a closed stderr is no reason to stop guarding. What it quotes can neither steer a terminal
        nor look like a message of its own: control characters are replaced, further lines indented."""
        stream = self.stream or sys.stderr
        try:
            shown = printable(text).replace("\n", "\n    ")
            stream.write(f"nightlatch: {shown}\n")
            stream.flush()
        except (OSError, ValueError):
            logging.getLogger().removeHandler(self)


def describe(record: logging.LogRecord) -> str:
    """The message, and for an exception its type, text and place on the same line."""
    message = record.getMessage()
    error = record.exc_info[1] if record.exc_info else None
    if error is None:
        return message
    frames = traceback.extract_tb(error.__traceback__)
    place = f" at {frames[-1].filename}:{frames[-1].lineno}" if frames else ""
    return f"{message} ({type(error).__name__}: {error}{place})"
