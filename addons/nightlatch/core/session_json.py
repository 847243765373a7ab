"""A session as others see it: the JSON that the command line, the control API and the session probe share.

Pure, and without a credential: a fingerprint is no business of a reader's either.
"""

from typing import Any

from nightlatch.core.deadlines import ClockState, running
from nightlatch.core.durations import seconds_down, seconds_up
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import Policy
from nightlatch.core.remembering import policy_for
from nightlatch.core.session import End, Session


def session_document(session: Session, policy: Policy, now: int) -> dict[str, Any]:
    """`session` as plain JSON values: instants RFC 3339 in UTC, durations in whole seconds.

    Args:
        session: live or ended.
        policy: whose `[session]` limits, or `[remember]`'s, the clocks are shown under.
        now: microseconds on nightlatch's clock. The clocks of an ended session stand where they stood at its end.
    """
    at = now if session.end is None else session.end.at
    clocks = running(session, policy_for(policy, session).session, at)
    return {
        "id": session.id,
        "site": session.site,
        "subject": session.subject,
        "email": session.email,
        "state": str(session.state),
        "started_at": rfc3339(session.started_at),
        "last_active_at": rfc3339(session.last_active_at),
        "ended_at": None if session.end is None else rfc3339(session.end.at),
        "clocks": {str(clock.clock): clock_document(clock) for clock in clocks},
        "end": None if session.end is None else _end(session.end),
        "source": session.source,
        "authenticated_at": rfc3339(session.authenticated_at),
        "remembered": session.remembered,
        "reauthenticated_at": _instant(session.reauthenticated_at),
        "groups": list(session.groups),
        "amr": list(session.amr),
        "acr": session.acr,
        "network": session.network,
        "agent": session.agent,
    }


def clock_document(clock: ClockState) -> dict[str, Any]:
    """One clock: what has elapsed is rounded down, what remains up, so that they add up to the limit."""
    return {
        "limit": seconds_down(clock.limit),
        "elapsed": seconds_down(clock.elapsed),
        "remaining": max(0, seconds_up(clock.limit - clock.elapsed)),
        "deadline": rfc3339(clock.deadline),
    }


def _end(end: End) -> dict[str, Any]:
    return {
        "reason": end.reason,
        "clock": end.clock,
        "limit": None if end.limit is None else seconds_down(end.limit),
        "elapsed": None if end.elapsed is None else seconds_down(end.elapsed),
        "rule": end.rule,
    }


def _instant(at: int | None) -> str | None:
    return None if at is None else rfc3339(at)
