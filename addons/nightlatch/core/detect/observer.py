"""Makes facts of requests: which of a session's requests are worth a look, and what they tell.

On the way of every allowed request, so an ordinary one costs a look into a dictionary and a few comparisons. Pure but
for its memory of where each session was last seen.
"""

from typing import NamedTuple

from nightlatch.core.detect.facts import BEAT, REQUEST, Fact
from nightlatch.core.detect.idle_flare import long_idle
from nightlatch.core.detect.places import Places
from nightlatch.core.detect.stream import Stream
from nightlatch.core.origin_facts import agent_family, network_of
from nightlatch.core.policy import Policy
from nightlatch.core.session import Session

REMEMBERED = 50_000
NEVER = 1 << 62


class Sight(NamedTuple):
    """Where a session was seen, word by word, and what that amounts to."""

    address: str
    user_agent: str
    network: str
    agent: str


class Observer:
    """Looks at the requests of live sessions, before they count as activity."""

    def __init__(self, policy: Policy, stream: Stream, places: Places) -> None:
        self._places = places
        self._looks = stream.wants(REQUEST)
        self._beats = stream.wants(BEAT)
        self.watches = self._looks or self._beats
        """Whether there is anything to look for."""
        self._pause = _pause(policy)
        self._seen: dict[str, Sight] = {}

    def request(
        self, session: Session, address: str, user_agent: str, now: int, limit: int | None, active: bool
    ) -> tuple[Fact, ...]:
        """What this request tells; mostly nothing.

        Args:
            session: as it was before this request.
            address: the client's.
            user_agent: the header field as it was sent.
            now: microseconds on nightlatch's clock.
            limit: the idle limit that applies, microseconds.
            active: whether the request counts as activity.
        """
        seen = self._seen.get(session.id)
        if seen is None or seen[0] != address or seen[1] != user_agent or now - session.last_active_at >= self._pause:
            return self._look(session, seen, Sight(address, user_agent, "", ""), now, limit, active)
        return (_beat(session, seen, now),) if active and self._beats else ()

    def _look(
        self, session: Session, before: Sight | None, sight: Sight, now: int, limit: int | None, active: bool
    ) -> tuple[Fact, ...]:
        sight = sight._replace(network=network_of(sight.address), agent=agent_family(sight.user_agent))
        if before is None and len(self._seen) >= REMEMBERED:
            del self._seen[next(iter(self._seen))]
        self._seen[session.id] = sight
        beats = (_beat(session, sight, now),) if active and self._beats else ()
        return (self._fact(session, before, sight, now, limit), *beats) if self._looks else beats

    def _fact(self, session: Session, before: Sight | None, sight: Sight, now: int, limit: int | None) -> Fact:
        who = session.subject or session.id
        familiar = sight.network == session.network or self._places.familiar(session.site, who, sight.network, now)
        detail = {
            "gap": max(0, now - session.last_active_at),
            "limit": limit,
            "before_network": before.network if before else session.network,
            "before_agent": before.agent if before else session.agent,
            "familiar": familiar,
        }
        return Fact(REQUEST, now, session.id, session.subject, sight.network, sight.agent, detail=detail)


def _beat(session: Session, sight: Sight, now: int) -> Fact:
    return Fact(BEAT, now, session.id, session.subject, sight.network, sight.agent)


def _pause(policy: Policy) -> int:
    """The shortest pause of a session that a detector would look at, microseconds."""
    rule = policy.alerts.get("idle_flare")
    if rule is None:
        return NEVER
    limits = [policy.session.idle, *(each.limits.idle for each in policy.rules if not each.public)]
    return min(long_idle(rule.thresholds["after"], limit) for limit in limits)
