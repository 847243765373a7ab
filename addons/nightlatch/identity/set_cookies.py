"""Reading Set-Cookie: what the application issues, what it deletes, and which cookie behaves like a session cookie.

Tolerant like a browser (RFC 6265 section 5.2): nothing raises. Time is an argument, on the wall clock, because the
dates in these headers are for browsers.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from email.utils import parsedate_to_datetime
from math import log2
from typing import NamedTuple

from nightlatch.identity.cookies import cookie_pattern, cookie_values

_KNOWN = re.compile(
    r"(?i)(phpsessid|jsessionid|asp\.net_sessionid|\.aspnetcore\.(session|identity.*|cookies)|\.aspxauth|cfid|"
    r"connect\.sid|(.*[._-])?(sid|sess|sessid|session|sessionid|session[._-]?id|session[._-]token|auth[._-]?token))"
)
_NEVER = re.compile(r"(?i)(csrf|xsrf|_ga|_gid|utm|theme|locale|lang|consent|awsalb|__cf|flash)")
_NAMED_ENOUGH = 8
_RANDOM_BITS = 64.0


class SetCookie(NamedTuple):
    """One Set-Cookie header. `value` is as sent, but for white space; attribute names are lower case."""

    name: str
    value: str
    attributes: Mapping[str, str]


def parse_set_cookie(value: str) -> SetCookie:
    """`value` read as a browser would; a header without `=` gives an empty name. The last of equal attributes wins."""
    first, *rest = value.split(";")
    name, equals, content = first.partition("=")
    if not equals:
        name, content = "", name
    pairs = (attribute.partition("=") for attribute in rest)
    attributes = {key.strip().lower(): text.strip() for key, _, text in pairs if key.strip()}
    return SetCookie(name.strip(), content.strip(), attributes)


def is_deletion(set_cookie: SetCookie, wall: int) -> bool:
    """Whether a browser forgets the cookie on reading this, or is left with an empty value.

    `wall` is the wall clock in microseconds. Max-Age comes before Expires (RFC 6265 section 5.3); what is not a
    number, or not a date, is ignored.
    """
    if not set_cookie.value.strip('"'):
        return True
    max_age = set_cookie.attributes.get("max-age", "")
    if re.fullmatch(r"-?\d{1,18}", max_age, re.ASCII):
        return int(max_age) <= 0
    expires = _instant(set_cookie.attributes.get("expires", ""))
    return expires is not None and expires <= wall


def issued_value(set_cookies: Iterable[SetCookie], name: str, wall: int) -> str | None:
    """The credential `name` that these headers of one answer give the browser, read like `cookie_values`.

    The last of equal names wins, as in a browser; the chunks of `NAME*` are joined. None: not issued, or deleted.
    """
    spelling = re.compile(cookie_pattern(name))
    last = {cookie.name: cookie for cookie in set_cookies if spelling.fullmatch(cookie.name)}
    alive = ";".join(f"{cookie.name}={cookie.value}" for cookie in last.values() if not is_deletion(cookie, wall))
    values = cookie_values({"cookie": (alive,)}, name)
    return values[-1] if values else None


def looks_like_session(set_cookie: SetCookie) -> str | None:
    """Why this cookie behaves like a session cookie, for the hint `--identity cookie:NAME`; None when it does not."""
    name, value, attributes = set_cookie
    if not name or _NEVER.search(name) or attributes.get("max-age", "").startswith(("0", "-")):
        return None
    if _KNOWN.fullmatch(re.sub(r"^__(Host|Secure)-", "", name)) and len(value) >= _NAMED_ENOUGH:
        return "it is named like a session cookie"
    if "httponly" in attributes and _bits(value) >= _RANDOM_BITS:
        return "it is HttpOnly and its value looks random"
    return None


def _instant(date: str) -> int | None:
    """`date` as microseconds since the epoch; None when it is no date."""
    try:
        return int(parsedate_to_datetime(date).timestamp()) * 1_000_000
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _bits(value: str) -> float:
    """An upper estimate of the randomness of `value`: Shannon's entropy of its characters, in bits."""
    if not re.search(r"\d", value) or re.search(r"[\s{}]", value):
        return 0.0
    size = len(value)
    return -sum(count * log2(count / size) for count in Counter(value).values())
