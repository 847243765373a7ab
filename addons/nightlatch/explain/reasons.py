"""The short answer of `nightlatch explain`: one decision, or one session, in a few sentences."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from nightlatch.core.durations import format_duration, seconds_down
from nightlatch.core.events import EventType
from nightlatch.core.instants import rfc3339
from nightlatch.core.policy import Policy
from nightlatch.core.session import End, State
from nightlatch.core.session_json import session_document
from nightlatch.core.verdict import Clock, Kind, Verdict
from nightlatch.core.wording import sentence
from nightlatch.explain.evidence import Evidence
from nightlatch.explain.phrases import clock_words, left, why_ended
from nightlatch.ledger.port import Decision

_MOST_NAMED = 3


def why_decided(decision: Decision) -> tuple[str, ...]:
    """What was decided about a request, and why."""
    return tuple(_decided(decision))


def _decided(decision: Decision) -> Iterator[str]:
    yield f"{decision.method} {decision.path} was answered `{decision.verdict}` at {rfc3339(decision.at)}."
    if decision.clock:
        yield f"The clock {decision.clock}: {clock_words(decision.clock, decision.limit, decision.elapsed)}."
    elif decision.verdict not in (Kind.ALLOW, Kind.PUBLIC):
        yield sentence(Verdict(Kind(decision.verdict), decision.reason))
    if decision.verdict == Kind.ALLOW:
        yield "It counted as activity." if decision.activity else "It did not count as activity."
    yield f"Rule {decision.rule or '[session]'}, policy version {decision.policy}."


def decision_document(decision: Decision) -> dict[str, Any]:
    """A decision as plain JSON values, durations in seconds."""
    return {
        **decision._asdict(),
        "at": rfc3339(decision.at),
        "limit": None if decision.limit is None else seconds_down(decision.limit),
        "elapsed": None if decision.elapsed is None else seconds_down(decision.elapsed),
    }


def why_session(evidence: Evidence, policy: Policy, now: int) -> tuple[str, ...]:
    """Where a session stands, and why."""
    end = evidence.session.end
    return tuple(_live(evidence, policy, now) if end is None else _over(evidence, end))


def _live(evidence: Evidence, policy: Policy, now: int) -> Iterator[str]:
    session = evidence.session
    ago = format_duration(max(0, now - session.last_active_at))
    yield f"Session {session.id} of {session.subject or 'someone'} is active."
    yield f"The last activity was {ago} ago. What is left: {left(session_document(session, policy, now))}."
    yield from _uncounted(evidence)


def _over(evidence: Evidence, end: End) -> Iterator[str]:
    session = evidence.session
    what = "expired" if session.state is State.EXPIRED else "was ended"
    ended = f"Session {session.id} of {session.subject or 'someone'} {what} at {rfc3339(end.at)}"
    ordered = _ordered(evidence)
    if ordered:
        yield f"{ended}: `nightlatch expire` ordered it ({ordered}). To the client it looks like {why_ended(end)}."
    else:
        yield f"{ended}: {why_ended(end)}."
        yield from _ran_out(evidence, end)
    if evidence.version:
        yield f"The policy in force had version {evidence.version}."


def _ordered(evidence: Evidence) -> str:
    """For which moment the end was ordered; empty when nobody ordered it."""
    details = [each.event.detail for each in evidence.events if each.event.type is EventType.SESSION_EXPIRED]
    return next((str(detail["on_purpose"]) for detail in details if detail.get("on_purpose")), "")


def _ran_out(evidence: Evidence, end: End) -> Iterator[str]:
    if end.clock is not None and end.from_at is not None:
        yield f"The clock {end.clock} ran from {rfc3339(end.from_at)}, {_since(end.clock)}."
    if end.clock == Clock.IDLE:
        yield from _uncounted(evidence)


def _since(clock: str) -> str:
    return "the last activity before that" if clock == Clock.IDLE else "when it was started"


def _uncounted(evidence: Evidence) -> Iterator[str]:
    """The requests that kept a page alive, but not the session: where the surprise usually lies."""
    asked = Counter(f"{each.method} {each.path}" for each in evidence.uncounted)
    if asked:
        most = ", ".join(f"{name} ({times} times)" for name, times in asked.most_common(_MOST_NAMED))
        yield f"Requests since the last activity that did not count as such: {most}."
