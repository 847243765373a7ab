"""The guard's own capture format, `nightlatch.capture/1`: JSON Lines, a header and then a line an exchange; a guard
that goes on with a file adds a header of its own.

Knows what stands in a line, not where lines are kept: the proxy writes them, `replay` reads them. No credential and no
query is in them, and of header fields only those keep their values that a judgement may hang on.
"""

from nightlatch.core.instants import exact
from nightlatch.core.request import Headers, RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Verdict

SCHEMA = "nightlatch.capture/1"

KEPT_VALUES = frozenset(
    (
        "accept",
        "access-control-request-method",
        "content-type",
        "host",
        "hx-request",
        "origin",
        "purpose",
        "sec-fetch-dest",
        "sec-fetch-mode",
        "sec-fetch-site",
        "sec-purpose",
        "upgrade",
        "user-agent",
        "x-moz",
        "x-requested-with",
    )
)
"""Header fields that are recorded with their values; of all others only the names are, as a policy may ask for them."""

Line = dict[str, object]


def header_line(site: str, policy: str) -> Line:
    """The first line of a guard's: which upstream was guarded, by which policy."""
    return {"schema": SCHEMA, "site": site, "policy": policy}


def exchange_line(
    request: RequestView,
    *,
    origin: str,
    at: int,
    duration: int,
    status: int,
    size: int,
    session: Session | None,
    verdict: Verdict,
    decision: str,
    streamed: bool = False,
) -> Line:
    """The line of one finished exchange, or of one WebSocket message that counted as activity: then `message` says from
    whom, and the rest is as it would be of a request made at that moment.

    Args:
        request: as the client sent it.
        origin: the guard's own origin as this client asked for it.
        at: when it started, microseconds on nightlatch's clock.
        duration: how long it took, microseconds.
        status: of the answer; 0 when there was none.
        size: of the request's body, bytes.
        session: whose it was, after this request was counted; None when nobody's.
        verdict: what was decided.
        decision: its id.
        streamed: the answer was passed on as it came, so its duration is no activity (law of time 4).
    """
    return {
        "at": exact(at),
        "duration_us": duration,
        "method": request.method,
        "url": origin + request.path,
        "headers": recorded_headers(request.headers),
        "body": request.has_body,
        "address": request.address,
        "status": status,
        "size": size,
        "streamed": streamed,
        **session_fields(session),
        **verdict_fields(verdict),
        "decision": decision,
        **({"message": request.message} if request.message else {}),
    }


def recorded_headers(headers: Headers) -> dict[str, list[str]]:
    """The header fields as they are recorded: every name, few values."""
    return {name: list(values) if name in KEPT_VALUES else [""] for name, values in headers.items()}


def session_fields(session: Session | None) -> Line:
    """What a replay has to know of a session that began before the capture did; only `session: null` without one."""
    if session is None:
        return {"session": None}
    again, end = session.reauthenticated_at, session.end
    return {
        "session": session.id,
        "subject": session.subject,
        "started_at": exact(session.started_at),
        "auth_time": exact(session.authenticated_at),
        "last_active_at": exact(session.last_active_at),
        "gap_from_at": exact(session.gap_from_at),
        "gap_us": session.gap,
        "reauthenticated_at": None if again is None else exact(again),
        "ended_at": None if end is None else exact(end.at),
        "groups": list(session.groups),
        "amr": list(session.amr),
        "acr": session.acr,
        **({"remembered": True} if session.remembered else {}),
    }


def verdict_fields(verdict: Verdict) -> Line:
    """What was decided, durations in microseconds."""
    return {
        "verdict": str(verdict.kind),
        "reason": verdict.reason,
        "rule": verdict.rule,
        "clock": None if verdict.clock is None else str(verdict.clock),
        "limit_us": verdict.limit,
        "elapsed_us": verdict.elapsed,
    }
