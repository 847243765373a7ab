"""From when to when each session lived under a policy, what ended it, and how long it was open to a thief."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from nightlatch.core.policy import Policy
from nightlatch.core.remembering import run_out_at
from nightlatch.core.session import End
from nightlatch.core.verdict import Clock
from nightlatch.replay.observations import credential_of
from nightlatch.replay.simulate import Simulation
from nightlatch.replay.track import Track


class Lifetime(NamedTuple):
    """One session; instants and durations in microseconds."""

    session: str
    started_at: int
    authenticated_at: int
    last_active_at: int
    ends_at: int | None
    """When the policy ends it, may be after the capture; None when it never would."""
    clock: str | None
    """What ends it; None where nothing does, or something other than a clock."""
    limit: int | None
    rule: str | None
    relogin: bool
    """Began with a login after an expiry."""
    kept_alive: bool
    """Only polling kept it from ending by idle."""
    exposure: int
    remembered: bool = False
    """Its limits are those of `[remember]`."""

    @property
    def credential(self) -> str:
        """What it shares with the sessions before and after it."""
        return credential_of(self.session)


def lifetimes(simulation: Simulation, ends: int) -> Iterator[Lifetime]:
    """Every session of a simulation that is through, in the order in which they began.

    Args:
        simulation: what was judged.
        ends: end of the capture, microseconds.
    """
    kept = {track.label for track in simulation.kept_alive}
    for track in simulation.sessions:
        end = end_of(track, simulation.policy, ends)
        session = track.session()
        yield Lifetime(
            track.label,
            track.started_at,
            session.authenticated_at,
            track.last_active_at,
            None if end is None else end.at,
            None if end is None else end.clock,
            None if end is None else end.limit,
            None if end is None else end.rule,
            track.generation > 1,
            track.label in kept,
            _exposure(track, end, ends),
            session.remembered,
        )


def opened(track: Track, policy: Policy, ends: int) -> tuple[int, int]:
    """How long a session could be used in all, until its end by the policy or that of the capture; and how long of
    that after its person was gone, which is its exposure. Microseconds."""
    exposed = _exposure(track, end_of(track, policy, ends), ends)
    return track.last_active_at - track.started_at + exposed, exposed


def _exposure(track: Track, end: End | None, ends: int) -> int:
    return max(0, (ends if end is None else min(end.at, ends)) - track.last_active_at)


def end_of(track: Track, policy: Policy, ends: int) -> End | None:
    """When and by what the session ends if nothing happens after `ends`; None when it never does."""
    track.settle(ends)
    end = track.end or run_out_at(track.session(), policy)
    until = track.token_until
    if until is None or (end is not None and end.at <= until):
        return end
    return End(until, "expired", str(Clock.TOKEN))


def users(simulation: Simulation) -> Mapping[str, str]:
    """Whose each credential is, where a token or a recording told."""
    subjects = ((credential_of(track.label), track.session().subject) for track in simulation.sessions)
    return {credential: subject for credential, subject in subjects if subject}
