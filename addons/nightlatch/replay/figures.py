"""What a simulation comes to, in numbers: the counters of one policy (`policies` in the JSON of a replay)."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from nightlatch.core.policy import SECOND
from nightlatch.core.verdict import Clock, Kind
from nightlatch.replay.lifetimes import opened
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


class Told(NamedTuple):
    """The numbers of one policy; `exposure` and `open` in microseconds."""

    name: str
    sessions: int
    verdicts: Mapping[str, int]
    expired_by: Mapping[str, int]
    relogins: int
    lost_writes: int
    kept_alive: int
    exposure: int
    open: int
    """How long a stolen credential would have worked: until the end of each session, from its beginning on."""

    def document(self) -> dict[str, object]:
        """An entry of `policies`."""
        return {
            "name": self.name,
            "sessions": self.sessions,
            "verdicts": self.verdicts,
            "expired_by": self.expired_by,
            "relogins": self.relogins,
            "lost_writes": self.lost_writes,
            "kept_alive_by_polling": self.kept_alive,
            "exposure_seconds": self.exposure // SECOND,
        }


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

    def told(self, simulation: Simulation, ends: int) -> Told:
        """The numbers, once everything is counted.

        Args:
            simulation: what was counted.
            ends: end of the capture, microseconds.
        """
        sessions = simulation.sessions
        spans = [opened(track, simulation.policy, ends) for track in sessions]
        return Told(
            simulation.policy.name,
            len(sessions),
            {str(kind): self._verdicts[kind] for kind in VERDICTS},
            {str(clock): self._clocks[clock] for clock in CLOCKS},
            sum(track.generation > 1 for track in sessions),
            self._lost_writes,
            len(simulation.kept_alive),
            sum(exposed for _, exposed in spans),
            sum(open_ for open_, _ in spans),
        )
