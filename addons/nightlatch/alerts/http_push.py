"""One POST over HTTP, and what its answer means for a delivery. No redirect is followed: a body that is meant for one
receiver, with its secret, goes nowhere else."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from urllib.parse import urlsplit

from tornado.httpclient import AsyncHTTPClient, HTTPClientError, HTTPRequest, HTTPResponse

from nightlatch.alerts.channel import Fate, Outcome
from nightlatch.core.policy import HOUR, SECOND
from nightlatch.core.printable import printable

SHORTEST_SECRET = 8
MOST_READ, MOST_SAID = 4096, 200
"""Bytes of an answer that are looked at, and characters of what went wrong that are told."""
TIMEOUT = 10.0
"""Seconds for the whole exchange."""

_LATER = frozenset((408, 425, 429))
"""Statuses of the 400s that mean: later."""


async def push(url: str, body: str, headers: Mapping[str, str]) -> Outcome:
    """POST `body` to `url`. Raises nothing. What goes wrong is told in the log and kept in the ledger: what lets one in
    at the receiver (its address, a bearer token) is cut out of it, also where the receiver says it back."""
    outcome = await _push(url, body, headers)
    return outcome._replace(error=_without(outcome.error, _secrets_of(url, headers))[:MOST_SAID])


def _secrets_of(url: str, headers: Mapping[str, str]) -> Iterator[str]:
    parts = urlsplit(url)
    yield from (url, parts.query, parts.password or "", *(each for each in parts.path.split("/")))
    yield from (value.rpartition(" ")[2] for name, value in headers.items() if name.lower() == "authorization")


def _without(text: str, secrets: Iterable[str]) -> str:
    """Short words in an address are names, and open nothing."""
    for secret in sorted(secrets, key=len, reverse=True):
        if len(secret) >= SHORTEST_SECRET:
            text = text.replace(secret, "…")
    return text


async def _push(url: str, body: str, headers: Mapping[str, str]) -> Outcome:
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
    said = (response.body or b"")[:MOST_READ].decode("utf-8", "replace")
    error = printable(" ".join(f"{code} {response.reason} {said}".split()), keep="")
    if code >= 500 or code in _LATER:
        return Outcome(Fate.DOWN, error, _retry_after(response.headers.get("Retry-After", "")))
    return Outcome(Fate.PUT_OFF, error)


def _retry_after(text: str) -> int:
    """Whole seconds only (RFC 9110 section 10.2.3 also allows a date), an hour at most; microseconds."""
    return min(int(text) * SECOND, HOUR) if text.isascii() and text.isdigit() and len(text) < 6 else 0
