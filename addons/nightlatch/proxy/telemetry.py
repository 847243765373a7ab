"""The guard's figures sent by OpenTelemetry (`--otel`): from the exporter's thread, with a reader of its own.

What the guard counts is copied in one step; the loop goes on counting meanwhile.
"""

from typing import TYPE_CHECKING

from nightlatch.audit.figures import Standing, figures
from nightlatch.clock import WarpedClock, monotonic_now
from nightlatch.core.policy import SECOND
from nightlatch.ledger.opening import open_reader
from nightlatch.metrics.otel import open_meters
from nightlatch.metrics.snapshot import Snapshot
from nightlatch.proxy.counting import Counting
from nightlatch.proxy.guard import Guard

if TYPE_CHECKING:
    from opentelemetry.sdk.metrics.export import MetricReader

FRESH = SECOND
"""Microseconds for which figures are good: one export asks once for each metric."""
_PATIENCE = 2000
"""Milliseconds that the last export may take when the guard stops."""


class Telemetry:
    """Sends from its opening on until it is closed."""

    def __init__(self, guard: Guard, counting: Counting, to: "MetricReader | None" = None) -> None:
        self._guard, self._counting = guard, counting
        self._reader = open_reader(guard.settings.ledger)
        self._clock = WarpedClock(self._reader)
        self._taken: tuple[int, Snapshot] | None = None
        self._meters = open_meters(self.figures, to)

    def figures(self) -> Snapshot:
        """The figures now, or of the last second.

        Raises:
            LedgerError: the ledger cannot be read; the exporter logs it and asks again later.
        """
        at = monotonic_now()
        if self._taken is None or at - self._taken[0] >= FRESH:
            self._taken = (at, self._take())
        return self._taken[1]

    def _take(self) -> Snapshot:
        now, wall, _ = self._clock.read()
        guard, counting = self._guard, self._counting
        decisions, usable = counting.decisions(), guard.behind.failure is None
        return figures(self._reader, Standing(guard.policy, now, wall, decisions, counting.latencies(), usable))

    def close(self) -> None:
        """Send what there is, and stop."""
        self._meters.shutdown(timeout_millis=_PATIENCE)
        self._reader.close()
