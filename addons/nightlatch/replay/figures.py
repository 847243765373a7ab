"""What a simulation comes to, in numbers: the counters of one policy (`policies` in the JSON of a replay)."""

from collections import Counter
from collections.abc import Iterable

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.lifetimes import exposure
from nightlatch.replay.observations import READS
from nightlatch.replay.simulate import Judged, Simulation

VERDICTS = (
    Kind.ALLOW,
    Kind.EXPIRED,
    Kind.LOGIN,
    Kind.REFUSED,
    Kind.STEP_UP,
    Kind.PUBLIC,
    Kind.DENIED,
    Kind.INVALID,
)
CLOCKS = (Clock.IDLE, Clock.ABSOLUTE, Clock.TOKEN)


class Figures:
    """Counts the requests of one policy as they are judged."""

    def __init__(self) -> None:
        self._verdicts: Counter[Kind] = Counter()
        self._clocks: Counter[Clock | None] = Counter()
        self._activity: Counter[int] = Counter()
        self._lost_writes = 0

    def add(self, judged: Judged) -> None:
        """Count one request."""
        verdict, request = judged.verdict, judged.exchange.request
        self._verdicts[verdict.kind] += 1
        if verdict.activity:
            self._activity[id(request)] += 1
        elif verdict.kind is Kind.EXPIRED:
            self._clocks[verdict.clock] += 1
            self._lost_writes += request.method not in READS

    def activity(self, requests: Iterable[int]) -> int:
        """How many requests counted as activity, of those whose views have these ids."""
        return sum(self._activity[request] for request in requests)

    def document(self, simulation: Simulation, ends: int) -> dict[str, object]:
        """The numbers, once everything is counted.

        Args:
            simulation: what was counted.
            ends: end of the capture, microseconds.
        """
        sessions = simulation.sessions
        return {
            "name": simulation.policy.name,
            "sessions": len(sessions),
            "verdicts": {str(kind): self._verdicts[kind] for kind in VERDICTS},
            "expired_by": {str(clock): self._clocks[clock] for clock in CLOCKS},
            "relogins": sum(track.generation > 1 for track in sessions),
            "lost_writes": self._lost_writes,
            "kept_alive_by_polling": len(simulation.kept_alive),
            "exposure_seconds": sum(exposure(track, simulation.policy, ends) for track in sessions) // SECOND,
        }
