"""What the tests of writing behind share: a writer that can be held up, and waiting for what a thread brings about."""

import threading
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from tests.ledger.samples import T0, a_session

from nightlatch.core.session import touched
from nightlatch.ledger.port import LedgerReader, Touch
from nightlatch.ledger.writer import open_writer

TOUCHED = touched(a_session(), T0 + 5)


class Gate:
    """A writer whose touches, probes and log can be held up or made to fail; durable work always goes through."""

    def __init__(self, path: Path) -> None:
        self.writer = open_writer(path)
        self.open, self.asked, self.probed = threading.Event(), threading.Event(), threading.Event()
        self.open.set()
        self.error: Exception | None = None
        self.order: list[str] = []

    def touch(self, touches: Iterable[Touch]) -> None:
        self._pass("touch")
        self.writer.touch(touches)
        self.landed()

    def log(self, decisions: Any) -> None:
        self._pass("log")
        self.writer.log(decisions)

    def probe(self) -> None:
        self._pass("probe")
        self.writer.probe()

    def _pass(self, what: str) -> None:
        self.order.append(what)
        self.asked.set()
        assert self.open.wait(10)
        if self.error is not None:
            raise self.error

    def landed(self) -> None:
        """Called when touches are committed and nobody has been told yet."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self.writer, name)


def until(condition: Callable[[], object]) -> None:
    """Wait for a condition that a thread brings about."""
    tick = threading.Event()
    for _ in range(4000):
        if condition():
            return
        tick.wait(0.0025)
    raise AssertionError("it never happened")


def stored(reader: LedgerReader) -> object:
    return reader.session("s1")
