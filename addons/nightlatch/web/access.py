"""Who may speak to the control API at all: this machine, by its own name, from no foreign page, with the token.

Three walls, since each alone has been climbed elsewhere. `Host`: a page whose name was rebound to 127.0.0.1 still
sends its own name. `Origin` and `Sec-Fetch-Site`: a foreign page cannot send what changes something (CSRF). The token:
no other program on this machine can guess it, and no page can know it. Pure; sees header values, answers with a reason.
"""

import hmac
from collections.abc import Sequence
from typing import NamedTuple
from urllib.parse import urlsplit

from nightlatch.core.origin_facts import is_loopback

REALM = "nightlatch control"


class Shut(NamedTuple):
    """Why the request goes no further: a status and a sentence."""

    status: int
    detail: str


class Caller(NamedTuple):
    """What a request says of where it comes from; every value of each header field."""

    hosts: Sequence[str]
    origins: Sequence[str]
    site: str
    """`Sec-Fetch-Site`, empty when there is none."""
    authorization: Sequence[str]


def wrong_place(caller: Caller) -> Shut | None:
    """None when the request was meant for this server and does not come from a page of somebody else's."""
    if len(caller.hosts) != 1 or not is_loopback_authority(caller.hosts[0]):
        return Shut(421, "The control API answers to localhost and loopback addresses only.")
    if any(origin != f"http://{caller.hosts[0].lower()}" for origin in caller.origins):
        return Shut(403, "Pages of other origins may not use the control API.")
    if not caller.origins and caller.site in ("cross-site", "same-site"):
        return Shut(403, "Pages of other origins may not use the control API.")
    return None


def no_token(caller: Caller, token: str) -> Shut | None:
    """None when the bearer token is right. Compared in constant time."""
    scheme, _, given = caller.authorization[0].partition(" ") if len(caller.authorization) == 1 else ("", "", "")
    if scheme.lower() != "bearer" or not _same(given.strip(), token):
        return Shut(401, "The control API asks for its token: Authorization: Bearer TOKEN (printed at the start).")
    return None


def challenge(caller: Caller) -> str:
    """`WWW-Authenticate` of the 401: no error code when nothing was presented (RFC 6750 section 3.1)."""
    return f'Bearer realm="{REALM}"' + (', error="invalid_token"' if caller.authorization else "")


def is_loopback_authority(authority: str) -> bool:
    """Whether `HOST[:PORT]` names this machine. Any port: it may be forwarded."""
    try:
        parts = urlsplit(f"http://{authority}")
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.netloc != authority or "@" in authority:
        return False
    return is_loopback(host)


def _same(given: str, token: str) -> bool:
    return hmac.compare_digest(given.encode("utf-8", "surrogateescape"), token.encode())
