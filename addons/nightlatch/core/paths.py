"""Every plausible reading of a request path (DESIGN, law of trust 1).

Guard and application must agree on which path is meant, but applications decode, fold and clean paths in many ways.
So a path is not normalised into one reading: all of its readings are produced, and whoever judges takes the strictest
result. Whether letter case matters is not decided here: `matching` compares both ways. Knows no rules and no policy.
"""

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache
from urllib.parse import unquote

EVERY = ""
"""The reading of a path with more readings than anybody means: it has to be judged by every rule there is."""

MOST_READINGS = 96
_LONGEST = 2048
_LONGEST_REMEMBERED = 256
"""Characters; of a longer path everything is worked out each time."""

_SIMPLE = re.compile(r"/[A-Za-z0-9/_~@:,=+!$&'()*.\-]*", re.ASCII)
_UNICODE_ESCAPE = re.compile(r"%u([0-9a-f]{4})", re.IGNORECASE | re.ASCII)
# Bytes that are no UTF-8 stay as lone surrogates U+DC80..U+DCFF; these are ASCII characters in too many bytes.
_OVERLONG = re.compile(
    "[\udcc0\udcc1][\\s\\S]|(?:\udce0|\udcf0\udc80|\udcf8\udc80\udc80|\udcfc\udc80\udc80\udc80)[\udc80\udc81][\udc80-\udcbf]"
)
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_AUTHORITY = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.\-]*:)?//[^/]*")
_PARAMS = re.compile(r";[^/]*")
_SLASHES = re.compile(r"/{2,}")
_TAIL = re.compile(r"(?<=[^/. ])[. ]+(?=/|$)|(?<=/\.) +(?=/|$)|(?<=/\.\.) +(?=/|$)")


def readings(raw_path: str) -> tuple[str, ...]:
    """The distinct readings of `raw_path`, the plain one (decoded once, dot segments resolved) first.

    A path without anything odd in it has one reading, itself. Query and fragment take no part. Never raises. Where
    there would be more than `MOST_READINGS`, or the path is longer than anybody's, the last one is `EVERY`.
    """
    if _simple(raw_path):
        return (raw_path,)
    # Nobody is to fill the memory with long paths.
    return _remembered(raw_path) if len(raw_path) <= _LONGEST_REMEMBERED else _readings(raw_path)


def _simple(path: str) -> bool:
    return _SIMPLE.fullmatch(path) is not None and "//" not in path and "./" not in path and path[-1] != "."


def _readings(raw_path: str) -> tuple[str, ...]:
    path = raw_path.partition("?")[0]
    target, _, fragment = path.partition("#")
    plain = _resolved(_rooted(_decoded(target)))
    if len(path) > _LONGEST:
        return plain, EVERY
    seeds = [_rooted(target)]
    if "/.." in _decoded(_decoded(fragment)).replace("\\", "/"):
        # Some servers know of no fragments and resolve the dots behind the `#`.
        seeds.append(_rooted(path))
    return _closure(plain, seeds)


_remembered = lru_cache(maxsize=1024)(_readings)


def _closure(plain: str, seeds: list[str]) -> tuple[str, ...]:
    """`plain`, the seeds, and all that the twists make of them, in any order and number."""
    found = dict.fromkeys([plain, *seeds])
    queue = list(found)
    for path in queue:
        for twist in _TWISTS:
            twisted = twist(path) or "/"
            if twisted not in found:
                found[twisted] = None
                queue.append(twisted)
        if len(found) > MOST_READINGS:
            return (*list(found)[:MOST_READINGS], EVERY)
    return tuple(found)


def _rooted(path: str) -> str:
    return path if path.startswith("/") or path == "*" or _AUTHORITY.match(path) else f"/{path}"


def _decoded(path: str) -> str:
    return unquote(path, errors="surrogateescape") if "%" in path else path


def _unicode_escapes(path: str) -> str:
    """`%u002f`, which only some servers read."""
    return _UNICODE_ESCAPE.sub(lambda match: chr(int(match[1], 16)), path)


def _overlong(path: str) -> str:
    """`%c0%af` and its longer kin, which a careless UTF-8 decoder takes for `/`."""
    return _OVERLONG.sub(lambda match: chr((ord(match[0][-2]) & 1) << 6 | ord(match[0][-1]) & 0x3F), path)


def _compatible(path: str) -> str:
    """Full-width and other look-alikes folded, as some frameworks and file systems do."""
    return path if path.isascii() else unicodedata.normalize("NFKC", path)


def _slashed(path: str) -> str:
    return path.replace("\\", "/")


def _cut(path: str) -> str:
    """Up to a null byte, or a `?` or `#` that came out of a decoding."""
    return re.split(r"[\x00?#]", path, maxsplit=1)[0]


def _uncontrolled(path: str) -> str:
    return _CONTROLS.sub("", path)


def _without_authority(path: str) -> str:
    return _AUTHORITY.sub("", path, count=1) if _AUTHORITY.match(path) else path


def _without_params(path: str) -> str:
    return _PARAMS.sub("", path)


def _collapsed(path: str) -> str:
    return _SLASHES.sub("/", path)


def _trimmed(path: str) -> str:
    """Dots and spaces at the end of a segment go, as on Windows."""
    return _TAIL.sub("", path)


def _resolved(path: str) -> str:
    """Dot segments resolved (RFC 3986 section 5.2.4), never above the root."""
    if "/." not in path or not path.startswith("/"):
        return path
    kept: list[str] = []
    segments = path.split("/")[1:]
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    tail = "/" if segments[-1] in (".", "..") and kept else ""
    return "/" + "/".join(kept) + tail


_TWISTS: tuple[Callable[[str], str], ...] = (
    _decoded,
    _resolved,
    _collapsed,
    _slashed,
    _without_params,
    _unicode_escapes,
    _overlong,
    _cut,
    _trimmed,
    _uncontrolled,
    _without_authority,
    _compatible,
)
