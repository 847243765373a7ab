"""From findings to alerts: written behind, one write at a time, so that a storm of findings is a few writes that count.

Something that follows from a finding holds at once in this guard, from memory; in the ledger it holds for everybody,
and after a restart. Does not know what detectors look for.
"""

import logging
from concurrent.futures import Future
from typing import NamedTuple

from nightlatch.core.alert import Alert, Finding
from nightlatch.core.printable import printable
from nightlatch.ledger.port import LedgerWriter
from nightlatch.proxy.guard import Guard

log = logging.getLogger(__name__)

MOST_WAITING = 5_000
"""Different findings that wait at most for a ledger that cannot be written; then nobody is let in anyway."""
CLOSE_EVERY = 5_000_000
"""Microseconds."""


class Waiting(NamedTuple):
    """A finding, and what follows."""

    finding: Finding
    then: str
    policy: str


class Findings:
    """Those that are yet to be written."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._waiting: dict[tuple[str, str, str | None, str], Waiting] = {}
        self._writing = False
        self._closed_at = 0

    async def raise_now(self, finding: Finding, then: str) -> None:
        """Raise `finding` and return once it is on disk with what follows.

        Raises:
            LedgerError: the ledger cannot be written.
        """
        version = self._guard.policy.version
        tell(finding, await self._guard.write(lambda writer: writer.raise_alert(finding, then, version)))

    def raise_soon(self, finding: Finding, then: str) -> None:
        """Have `finding` raised; what follows holds from the next request on."""
        if then != "alert" and finding.session is not None:
            self._guard.demanded.setdefault(finding.session, finding.at)
        key = (finding.detector, finding.key, finding.session, then)
        before = self._waiting.get(key)
        if before is not None:
            finding = finding._replace(times=finding.times + before.finding.times)
        elif len(self._waiting) >= MOST_WAITING:
            return
        self._waiting[key] = Waiting(finding, then, self._guard.policy.version)
        self.write()

    def flush(self) -> None:
        """Write what waits, and close now and then the alerts whose detectors have been quiet."""
        now = self._guard.clock.now()
        if abs(now - self._closed_at) >= CLOSE_EVERY:
            self._closed_at = now
            self._guard.behind.submit(lambda writer: writer.close_alerts(now))
        self.write()

    def write(self) -> None:
        """Have what waits written, unless a write is under way."""
        if self._waiting and not self._writing:
            batch, self._waiting, self._writing = self._waiting, {}, True
            self._guard.behind.submit(lambda writer: _raised(writer, batch)).add_done_callback(
                lambda done: self._written(batch, done)
            )

    def _written(
        self, batch: dict[tuple[str, str, str | None, str], Waiting], done: "Future[list[Alert | None]]"
    ) -> None:
        """Called on the writer's thread."""
        if done.exception() is not None:
            self._waiting = {**batch, **self._waiting}
        else:
            for waiting, alert in zip(batch.values(), done.result(), strict=True):
                tell(waiting.finding, alert)
                if waiting.then != "alert" and waiting.finding.session is not None:
                    self._guard.demanded.pop(waiting.finding.session, None)
        self._writing = False


def _raised(writer: LedgerWriter, batch: dict[tuple[str, str, str | None, str], Waiting]) -> list[Alert | None]:
    return [writer.raise_alert(*waiting) for waiting in batch.values()]


def tell(finding: Finding, alert: Alert | None) -> None:
    """The log's line, when an alert is raised; not for what it counts."""
    if alert is not None and alert.times == finding.times:
        whose = " ".join(part for part in (alert.session, alert.subject) if part)
        told = printable(f"{whose and f' {whose}'}: {alert.why}", keep="")
        log.warning("alert %d %s (%s)%s", alert.id, alert.detector, alert.then, told)
