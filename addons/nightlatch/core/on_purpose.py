"""Sessions that end on purpose, at a moment that people hit and cannot reproduce. Pure.

Such an end looks to the client like a clock that ran out; the audit trail says that it was ordered, and for when.
"""

from enum import StrEnum

from nightlatch.core.events import Event, EventType
from nightlatch.core.policy import Limits
from nightlatch.core.request import RequestView
from nightlatch.core.session import End, Session
from nightlatch.core.verdict import Clock


class Moment(StrEnum):
    """When a session is to end."""

    NOW = "now"
    NEXT_REQUEST = "next-request"
    """The next request that would be let in is the first that is not."""
    NEXT_WRITE = "next-write"
    """The same of the next request that is neither GET, HEAD, OPTIONS nor TRACE."""
    MID_UPLOAD = "mid-upload"
    """While the body of the next request that has one is on its way."""
    MID_DOWNLOAD = "mid-download"
    """In the middle of the next answer that is large, or of unknown length."""
    BETWEEN = "between-preflight-and-request"
    """After the next CORS preflight from where the session came from."""
    WHILE_REFRESHING = "while-refreshing"
    """While its credential is being replaced by a new one."""
    NEVER = "never"
    """Takes an earlier order back."""


SAFE = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
"""Methods that do not write (RFC 9110 section 9.2.1)."""

LARGE = 16_384
"""Bytes from which on an answer counts as a download."""


def strikes_at_once(moment: str, request: RequestView, *, refreshes: bool = False) -> bool:
    """Whether a session ends before `request`, which would be let in; `refreshes`: and would get a new credential."""
    if moment == Moment.NEXT_WRITE:
        return request.method not in SAFE
    return moment == Moment.NEXT_REQUEST or (moment == Moment.WHILE_REFRESHING and refreshes)


def is_download(length: str | None, status: int) -> bool:
    """Whether an answer can be broken off in the middle: large, or of a length that nobody knows (`length` None)."""
    if status in (204, 304) or not 200 <= status < 300:
        return False
    return length is None or (length.isascii() and length.isdigit() and int(length) >= LARGE)


def end_on_purpose(session: Session, limits: Limits, now: int) -> End:
    """The end at `now`, as though the idle clock had just run out; the absolute one where there is no idle limit."""
    clock, limit = (Clock.IDLE, limits.idle) if limits.idle is not None else (Clock.ABSOLUTE, limits.absolute)
    ran = max(1, now - session.authenticated_at) if limit is None else limit
    return End(now, "expired", str(clock), ran, ran, None, now - ran)


def expiry_event(session: Session, end: End, moment: str, policy: str) -> Event:
    """What the audit trail tells: an expiry, and that it was ordered."""
    detail = {"clock": end.clock, "limit": end.limit, "elapsed": end.elapsed, "rule": end.rule, "on_purpose": moment}
    about = (session.id, session.subject, session.network, session.agent)
    return Event(EventType.SESSION_EXPIRED, end.at, *about, policy, detail)
