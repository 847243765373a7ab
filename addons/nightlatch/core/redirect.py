"""Where a person may be sent: only to a path of this very site, whatever the parameter says.

A target is judged as the laxest reader would read it: decoded until nothing changes, with look-alike characters
replaced, with `.` and `..` resolved. Whatever could lead off the site, or back into nightlatch's own pages, becomes
`/`. Never raises.
"""

import re
from unicodedata import normalize
from urllib.parse import quote, unquote, urlencode

_LONGEST = 4096
_DECODINGS = 5
# White space in front and control characters anywhere are dropped by browsers (WHATWG URL), a backslash is a slash.
_FORBIDDEN = re.compile(r"[\x00-\x20\x7f\\]")
_FORBIDDEN_DECODED = re.compile(r"[\x00-\x1f\x7f\\]")
_ASCII = "".join(map(chr, range(0x21, 0x7F)))
OWN = ".nightlatch"
"""The first segment of nightlatch's own paths on a guarded site."""


def safe_return_to(value: str, origin: str) -> str:
    """The path and query of `value` if that is a place on this site, else `/`.

    Args:
        value: what a client gave: a path with a query, or a URL below `origin`. The fragment is dropped.
        origin: of the guarded site as the browser sees it, such as `http://localhost:8080`.
    """
    target = _below(value, origin).partition("#")[0]
    if len(target) > _LONGEST or _FORBIDDEN.search(target) or not _stays(target.partition("?")[0]):
        return "/"
    try:
        return quote(target, safe=_ASCII)
    except UnicodeEncodeError:
        return "/"


def with_query(url: str, **params: str | None) -> str:
    """`url` with `params` added to its query, before the fragment; those that are None are left out."""
    base, hash_sign, fragment = url.partition("#")
    given = {name: text for name, text in params.items() if text is not None}
    if not given:
        return url
    joint = "&" if "?" in base else "?"
    if base.endswith(("?", "&")):
        joint = ""
    return f"{base}{joint}{urlencode(given, quote_via=quote, safe='', errors='replace')}{hash_sign}{fragment}"


def _below(value: str, origin: str) -> str:
    """`value` without the site's own origin; what is left has to be a path, which `@evil.example` is not."""
    start = len(origin)
    return value[start:] if value[:start].lower() == origin.lower() else value


def _stays(path: str) -> bool:
    reading = _reading(path)
    if not path.startswith("/") or path.startswith("//") or _FORBIDDEN_DECODED.search(reading):
        return False
    segments = _resolved(reading)
    leads_off = len(segments) > 1 and not segments[0]
    return not leads_off and next(filter(None, segments), "").casefold() != OWN


def _reading(path: str) -> str:
    for _ in range(_DECODINGS):
        decoded = normalize("NFKC", unquote(path))
        if decoded == path:
            return path
        path = decoded
    return "\\"  # still encoded after so many layers: nothing honest is


def _resolved(path: str) -> list[str]:
    """Segments of `path` without their parameters, `.` and `..` resolved."""
    segments: list[str] = []
    for segment in path.split("/")[1:]:
        name = segment.partition(";")[0]
        if name == "..":
            del segments[-1:]
        elif name != ".":
            segments.append(name)
    return segments
