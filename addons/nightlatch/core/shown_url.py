"""URLs in messages: what tells the reader which one is meant, without what may open something. Pure."""

import re

_USERINFO = re.compile(r"//[^/?#]*@")
_AFTER_HOST = re.compile(r"^([^/?#]*:)?(//[^/?#]*)?(.*)$", re.DOTALL)


def without_secrets(url: str) -> str:
    """`url` without a user's name and password, and without its query: `http://…@host/path?…`."""
    base, mark, _ = _USERINFO.sub("//…@", url).partition("?")
    return base + ("?…" if mark else "")


def origin_only(url: str) -> str:
    """`https://host/…`: of a receiver the path, too, may be what lets one in (Slack's and Teams' webhooks)."""
    found = _AFTER_HOST.match(_USERINFO.sub("//…@", url))
    scheme, host, rest = found.groups("") if found else ("", "", url)
    return f"{scheme}{host}{'/…' if rest.strip('/') else rest}"
