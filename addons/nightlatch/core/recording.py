"""The guard's own recordings: their lines as plain values. JSON Lines: a header, then one line an exchange.

No credential is in them, and no query: sessions go by their id, times are nightlatch's (already warped). The proxy
writes them, the replay reads them.
"""

from collections.abc import Mapping

from nightlatch.core.instants import exact
from nightlatch.core.request import Headers, RequestView
from nightlatch.core.session import Session
from nightlatch.core.verdict import Verdict

SCHEMA = "nightlatch.capture/1"

JUDGED_HEADERS = frozenset(
    {
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
        "sec-websocket-version",
        "upgrade",
        "user-agent",
        "x-moz",
        "x-requested-with",
    }
)
"""Recorded with their values; of all other headers only the name, for `[activity]` rules that ask for presence."""


def header_line(site: str, policy: str) -> dict[str, object]:
    """The first line: what was guarded, under which policy."""
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
) -> dict[str, object]:
    """One exchange. `at` and `duration` in microseconds on nightlatch's clock, `size` the request body's in bytes."""
    return {
        "at": exact(at),
        "duration": duration,
        "method": request.method,
        "url": origin + request.path,
        "headers": shown_headers(request.headers),
        "address": request.address,
        "body": request.has_body,
        "status": status,
        "size": size,
        "session": session.id if session else None,
        "subject": session.subject if session else None,
        "auth_time": exact(session.authenticated_at) if session else None,
        "groups": list(session.groups) if session else [],
        "verdict": str(verdict.kind),
        "decision": decision,
    }


def shown_headers(headers: Headers) -> Mapping[str, list[str]]:
    """The headers that judging needs; of the others only that they were there."""
    return {name: list(values) if name in JUDGED_HEADERS else [""] for name, values in headers.items()}
