"""One POST over HTTP, and what its answer means for a delivery. No redirect is followed: a body that is meant for one
receiver, with its secret, goes nowhere else."""

import asyncio
from collections.abc import Mapping

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from nightlatch.alerts.channel import Fate, Outcome
from nightlatch.core.policy import HOUR, SECOND

TIMEOUT = 10.0
"""Seconds for the whole exchange."""

_LATER = frozenset((408, 425, 429))
"""Statuses of the 400s that mean: later."""


async def push(url: str, body: str, headers: Mapping[str, str]) -> Outcome:
    """POST `body` to `url`. Raises nothing."""
    request = HTTPRequest(
        url,
        "POST",
        dict(headers),
        body.encode(),
        connect_timeout=TIMEOUT,
        request_timeout=TIMEOUT,
        follow_redirects=False,
        user_agent="nightlatch",
    )
    try:
        return judged(await AsyncHTTPClient().fetch(request, raise_error=False))
    except asyncio.CancelledError:
        raise
    except HTTPClientError as error:
        return Outcome(Fate.DOWN, f"{error.message or error}")
    except Exception as error:
        return Outcome(Fate.DOWN, f"{type(error).__name__}: {error}")


def judged(response: HTTPResponse) -> Outcome:
    """What an answer says: 2xx is done; 5xx, 408, 425 and 429 are down; anything else concerns this delivery only."""
    code = response.code
    if 200 <= code < 300:
        return Outcome(Fate.DONE)
    said = (response.body or b"")[:160].decode("utf-8", "replace")
    error = " ".join(f"{code} {response.reason} {said}".split())
    if code >= 500 or code in _LATER:
        return Outcome(Fate.DOWN, error, _retry_after(response.headers.get("Retry-After", "")))
    return Outcome(Fate.PUT_OFF, error)


def _retry_after(text: str) -> int:
    """Whole seconds only (RFC 9110 section 10.2.3 also allows a date), an hour at most; microseconds."""
    return min(int(text) * SECOND, HOUR) if text.isascii() and text.isdigit() and len(text) < 6 else 0
