"""The small cookies that tie a login to the browser that began it: one a login, sent to nightlatch's own pages only."""

import re

from nightlatch.core.headers import Header
from nightlatch.identity.cookies import cookie_values
from nightlatch.identity.pending_logins import GOOD_FOR
from nightlatch.proxy.arrival import Arrival

_PATH = "/.nightlatch/"
_SECONDS = GOOD_FOR // 1_000_000


def given(arrival: Arrival, tag: str, secret: str) -> Header:
    """The header field that gives the browser `secret` to keep for the login `tag`."""
    return "Set-Cookie", f"{_name(arrival, tag)}={secret}; Path={_PATH}; Max-Age={_SECONDS}{_attributes(arrival)}"


def taken_back(arrival: Arrival, tag: str) -> Header:
    """The header field by which the browser forgets it."""
    return "Set-Cookie", f"{_name(arrival, tag)}=; Path={_PATH}; Max-Age=0{_attributes(arrival)}"


def kept(arrival: Arrival, tag: str) -> str:
    """What the browser keeps for the login `tag`; empty when it has nothing, or two things, for it."""
    values = cookie_values(arrival.request.headers, _name(arrival, tag))
    return values[0] if len(values) == 1 else ""


def tags(arrival: Arrival) -> list[str]:
    """The logins for which the browser keeps something."""
    pattern = re.compile(rf"(?:^|[;\s]){re.escape(_name(arrival, ''))}([0-9a-f]{{12}})=")
    return [tag for line in arrival.request.headers.get("cookie", ()) for tag in pattern.findall(line)]


def _name(arrival: Arrival, tag: str) -> str:
    """`__Host-` would have to be sent to the application too; browsers share one jar between ports."""
    secure = arrival.origin.startswith("https:")
    return f"__Secure-nightlatch-login-{tag}" if secure else f"{arrival.cookie}-login-{tag}"


def _attributes(arrival: Arrival) -> str:
    return "; HttpOnly; SameSite=Lax" + ("; Secure" if arrival.origin.startswith("https:") else "")
