"""The life of a session as a list of moments, oldest first: its events, its requests, and the leaps of the clock."""

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.events import Chained, EventType, Field
from nightlatch.core.instants import rfc3339
from nightlatch.explain.evidence import ENDINGS, Evidence, begun
from nightlatch.explain.phrases import REASONS, clock_words
from nightlatch.ledger.port import Decision

_EVENTS = {
    EventType.SESSION_CREATED: "the session begins",
    EventType.SESSION_ADOPTED: "the session begins: its cookie is seen for the first time",
    EventType.SESSION_REFRESHED: "a new token; the session stays the same",
    EventType.SESSION_ROTATED: "a new credential; the old one is good for its grace",
    EventType.SESSION_EXTENDED: "the person chose to stay signed in",
    EventType.SESSION_REUSED_AFTER_END: "its credential is used again",
    EventType.STEP_UP_REQUIRED: "a fresh or stronger login is asked for",
    EventType.STEP_UP_SATISFIED: "the person logged in afresh",
    EventType.LOGIN_SUCCEEDED: "login",
}
_WARPS = {"freeze": "the clock is stopped", "resume": "the clock goes on", "reset": "the clock returns to wall time"}


class Moment(NamedTuple):
    """One line of the timeline: an event, or equal requests in a row. Instants in microseconds."""

    at: int
    text: str
    activity: bool | None = None
    """Whether it counted as activity; None where the question does not arise."""
    times: int = 1
    until: int | None = None
    type: str | None = None
    """Of an event."""
    decision: str | None = None
    """Of a request: the id of the first of them."""


def timeline(evidence: Evidence) -> list[Moment]:
    """The moments, oldest first; at one instant first the beginning, then requests, the end, a leap of the clock."""
    moments = [
        *((begun(chained), _rank(chained), _event(chained)) for chained in (*evidence.events, *evidence.warps)),
        *((moment.at, 1, moment) for moment in _requests(evidence.decisions)),
    ]
    return [moment for _, _, moment in sorted(moments, key=lambda entry: entry[:2])]


def moment_document(moment: Moment) -> dict[str, Any]:
    """A moment as plain JSON values."""
    fields = moment._asdict()
    return {**fields, "at": rfc3339(moment.at), "until": None if moment.until is None else rfc3339(moment.until)}


def moment_line(moment: Moment) -> str:
    """A moment on one line; an asterisk marks what counted as activity."""
    return document_line(moment_document(moment))


def document_line(moment: Mapping[str, Any]) -> str:
    """The same of a moment as plain JSON values, as `moment_document` and so the control API give it."""
    times = f" ({moment['times']} times, until {moment['until']})" if moment["until"] else ""
    return f"{moment['at']}  {'*' if moment['activity'] else ' '} {moment['text']}{times}"


def _rank(chained: Chained) -> int:
    if isinstance(chained.event.detail.get("by"), int):
        return 3  # what happened at the instant of a leap happened before it: a frozen clock stands still until then
    return 2 if chained.event.type in (*ENDINGS, EventType.SESSION_REUSED_AFTER_END) else 0


def _event(chained: Chained) -> Moment:
    event = chained.event
    activity = True if event.type is EventType.SESSION_EXTENDED else None
    return Moment(begun(chained), _told(event.type, event.detail), activity, type=str(event.type))


def _told(type_: EventType, detail: Mapping[str, Field]) -> str:
    if type_ is EventType.CLOCK_WARPED:
        return _warp(detail)
    if type_ is EventType.SESSION_EXPIRED:
        ran_out = f"{clock_words(detail.get('clock'), detail.get('limit'), detail.get('elapsed'))}{_rule(detail)}"
        ordered = detail.get("on_purpose")
        return f"expired on purpose ({ordered}), as though: {ran_out}" if ordered else f"expired: {ran_out}"
    if type_ is EventType.SESSION_ENDED:
        reason = str(detail.get("reason", ""))
        return f"ended: {REASONS.get(reason, reason)}"
    if type_ is EventType.SESSION_REUSED_AFTER_END and isinstance(late := detail.get("elapsed"), int):
        return f"{_EVENTS[type_]}, {format_duration(late)} after the end"
    if type_ is EventType.ALERT_RAISED:
        return f"alert {detail.get('alert')}, {detail.get('detector')}: {detail.get('why')}"
    own = ", ".join(_own(name, value) for name, value in detail.items() if value not in (None, ""))
    return _EVENTS.get(type_, str(type_)) + (f" ({own})" if own else "")


def _own(name: str, value: Field) -> str:
    return str(value) if name in ("login", "source") else f"{name} {value}"


def _rule(detail: Mapping[str, Field]) -> str:
    return f" (rule {detail['rule']})" if detail.get("rule") else ""


def _warp(detail: Mapping[str, Field]) -> str:
    by = detail.get("by")
    if isinstance(by, int):
        return f"the clock is moved forward by {format_duration(by)}"
    return _WARPS.get(str(detail.get("action")), "the clock is moved")


def _requests(decisions: Iterable[Decision]) -> Iterator[Moment]:
    for _, alike in groupby(decisions, key=lambda each: (each.method, each.path, each.verdict, each.activity)):
        first, *others = alike
        yield Moment(
            first.at,
            f"{first.method} {first.path} -> {first.verdict}" + ("" if first.activity else _silent(first)),
            first.activity,
            1 + len(others),
            others[-1].at if others else None,
            decision=first.id,
        )


def _silent(decision: Decision) -> str:
    return ", no activity" if decision.verdict == "allow" else ""
