"""The review as one document, which the renderings share: `nightlatch.review/1`."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from nightlatch.audit.last_review import changed, last_review, overdue
from nightlatch.core.alert_json import alert_document
from nightlatch.core.durations import seconds_down
from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.instants import rfc3339
from nightlatch.core.lint.finding_json import finding_document
from nightlatch.core.lint.linting import lint
from nightlatch.core.policy import Policy
from nightlatch.core.session import Session
from nightlatch.ledger.chain import verify_chain
from nightlatch.ledger.port import LedgerReader
from nightlatch.review.history import History, history
from nightlatch.review.standing import Closest, closest, lived, longest

SCHEMA = "nightlatch.review/1"
MOST_SESSIONS = 100_000
"""So many of the newest sessions are looked at one by one; the counts are of all."""

Document = dict[str, Any]


class Period(NamedTuple):
    """What is reviewed: microseconds on nightlatch's clock; `since` None is from the beginning."""

    since: int | None
    now: int


def review(
    reader: LedgerReader,
    policy: Policy,
    period: Period,
    polling: Mapping[str, Any],
    read: Callable[[str], Policy | None],
) -> Document:
    """Everything that the ledger tells about `period`.

    Args:
        policy: the one in force.
        polling: what a replay of the decision log says of polling: `sessions` kept alive, and `routes`.
        read: gives a policy of the ledger by its version.

    Raises:
        LedgerError: the ledger cannot be read.
    """
    told = history(reader.events(since=period.since))
    sessions = _sessions(reader, period)
    misfit = verify_chain(reader)
    return {
        "schema": SCHEMA,
        "since": None if period.since is None else rfc3339(period.since),
        "until": rfc3339(period.now),
        "policy": {"name": policy.name, "version": policy.version},
        "policies": [_policy(event) for event in told.policies],
        "sessions": figures(told, sum(session.end is None for session in sessions)),
        "endings": dict(told.endings.most_common()),
        "days": told.days(),
        "longest": [_long(session, period.now) for session in longest(sessions, period.now)],
        "closest": [_close(each) for each in closest(sessions, policy, period.now)],
        "polling": dict(polling),
        "alerts": [alert_document(alert) for alert in reader.alerts(since=period.since)],
        "findings": [finding_document(located) for located in lint(policy)],
        "events": dict(sorted(told.types.items())),
        "trail": {"ok": misfit is None, "misfit": misfit and misfit._asdict(), "pruned": reader.chain_base().id},
        "last": _last(reader, policy, period.now, read),
    }


def figures(told: History, live: int) -> dict[str, int]:
    """The numbers that are compared from review to review."""
    return {
        "started": sum(told.started.values()),
        "live": live,
        "expired": told.types[EventType.SESSION_EXPIRED],
        "ended": told.types[EventType.SESSION_ENDED],
        "reused_after_end": told.types[EventType.SESSION_REUSED_AFTER_END],
        "failed_logins": told.types[EventType.LOGIN_FAILED],
        "alerts": told.types[EventType.ALERT_RAISED],
        "warps": told.warps,
    }


def reviewed(document: Document, by: str, period: Period, policy: Policy) -> Event:
    """The event that tells that somebody did this review."""
    detail: dict[str, Field] = {"by": by, "since": period.since, **document["sessions"]}
    return Event(EventType.AUDIT_REVIEWED, period.now, policy=policy.version, detail=detail)


def _sessions(reader: LedgerReader, period: Period) -> Sequence[Session]:
    since = period.since or 0
    found = reader.sessions(limit=MOST_SESSIONS)
    return [session for session in found if session.end is None or session.end.at >= since]


def _policy(event: Event) -> Document:
    accepted = event.type is EventType.POLICY_LOADED
    return {"at": rfc3339(event.at), "version": event.policy, "accepted": accepted, **event.detail}


def _long(session: Session, now: int) -> Document:
    seconds = seconds_down(lived(session, now))
    return {"session": session.id, "subject": session.subject, "seconds": seconds, "state": str(session.state)}


def _close(each: Closest) -> Document:
    return {
        "session": each.session.id,
        "subject": each.session.subject,
        "clock": str(each.clock),
        "limit": seconds_down(each.limit),
        "used": seconds_down(each.used),
        "share": round(each.share, 3),
    }


def _last(reader: LedgerReader, policy: Policy, now: int, read: Callable[[str], Policy | None]) -> Document:
    last, late = last_review(reader), overdue(reader, policy, now)
    differences = changed(last, policy, read)
    return {
        "at": last and rfc3339(last.at),
        "by": last and last.by,
        "policy": last and last.policy,
        "figures": last.figures if last else None,
        "changes": None if differences is None else [each._asdict() for each in differences],
        "every": None if policy.review_every is None else seconds_down(policy.review_every),
        "overdue": None if late is None else seconds_down(late),
    }
