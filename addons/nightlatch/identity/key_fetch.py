"""Fetching what an issuer publishes (key sets, discovery documents): one GET that cannot hold anything up.

On the event loop, but never in its way: time and size are bounded, redirects are not followed, and what comes back is
bytes. Over TLS, or from this machine: whoever can change a key set on its way can sign whatever he likes.
"""

import json
from typing import Any
from urllib.parse import urlsplit

from nightlatch.core.origin_facts import is_loopback
from nightlatch.identity.key_sets import KeysUnavailable

PATIENCE = 5.0
"""Seconds for the whole exchange."""
LARGEST = 512 * 1024
"""Bytes. Google's and Entra's sets have some thousands."""


def check_url(url: str, option: str) -> str:
    """`url`, which keys can be fetched from.

    Args:
        url: as it was given.
        option: what gave it, for the message.

    Raises:
        ValueError: no https URL (http is good enough on this machine), or one with a password in it.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if parts.username or parts.password:
        raise ValueError(f"{option}: a URL with a user's name or password in it is not fetched")
    near = is_loopback(host) or host.endswith(".localhost")
    if not host or parts.scheme not in ("https", "http") or (parts.scheme == "http" and not near):
        raise ValueError(
            f"{option} {url}: expected an https URL (http only on this machine), as keys that "
            "somebody changed on their way would let anybody in; or give a file"
        )
    return url


async def fetch(url: str) -> bytes:
    """The body that `url` answers a GET with.

    Raises:
        KeysUnavailable: no answer in time, another status than 200, too large, a certificate that does not fit.
    """
    # Loaded here: a guard without remote keys starts without it.
    from tornado.httpclient import HTTPClientError, HTTPRequest
    from tornado.simple_httpclient import SimpleAsyncHTTPClient

    client = SimpleAsyncHTTPClient(force_instance=True, max_body_size=LARGEST)
    request = HTTPRequest(
        url,
        headers={"Accept": "application/json, */*;q=0.1"},
        user_agent="nightlatch",
        connect_timeout=PATIENCE,
        request_timeout=PATIENCE,
        follow_redirects=False,
        decompress_response=False,
    )
    try:
        answer = await client.fetch(request, raise_error=False)
    except (HTTPClientError, OSError, ValueError, UnicodeError) as problem:
        raise KeysUnavailable(f"{url} cannot be fetched: {problem}") from None
    finally:
        client.close()
    if answer.code != 200:
        where = f" to {answer.headers['Location']}; give that URL" if "Location" in answer.headers else ""
        raise KeysUnavailable(f"{url} answers {answer.code}{where}", answer.code)
    return bytes(answer.body)


async def fetch_object(url: str) -> dict[str, Any]:
    """The JSON object at `url`.

    Raises:
        KeysUnavailable: as `fetch`, or it is something else.
    """
    try:
        found = json.loads(await fetch(url))
    except (ValueError, RecursionError):
        raise KeysUnavailable(f"{url} answers something that is no JSON") from None
    if not isinstance(found, dict):
        raise KeysUnavailable(f"{url} answers JSON that is no object")
    return found
