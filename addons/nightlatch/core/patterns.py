"""Patterns of paths, hosts and networks: does this one match? Knows no policy.

`*` stands for anything within a segment, `**` for anything across segments; `/admin/**` matches `/admin` and all below.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from itertools import pairwise
from typing import NamedTuple
from urllib.parse import quote, unquote

_REPEATED = re.compile(r"(?:/\*\*(?=/|\Z)){2,}")
"""`/a/**/**` says no more than `/a/**`."""
_PARTS = re.compile(r"(/\*\*(?=/|\Z)|\*+)")
_SEGMENT_ENDS = r"(?=/|\Z)"
_PLAIN = re.compile(r"[A-Za-z0-9/_.~\-]", re.ASCII)


def path_matches(pattern: str, path: str, *, fold: bool = False, slash: bool = False) -> bool:
    """Whether `path`, one reading of it, matches `pattern`.

    A character of the pattern also matches its own percent-encoding, so that a pattern can be written either way.

    Args:
        pattern: begins with `/`; `*` within a segment, `**` across.
        path: a reading, as `paths.readings` gives them.
        fold: letter case makes no difference.
        slash: a slash at the end makes no difference.
    """
    if fold:
        path = path.casefold()
    if slash:
        path = path.rstrip("/") or "/"
    return _path_pattern(pattern, fold, slash).fullmatch(path) is not None


@lru_cache(maxsize=4096)
def _path_pattern(pattern: str, fold: bool, slash: bool) -> re.Pattern[str]:
    text = unquote(pattern, errors="surrogateescape")
    if fold:
        text = text.casefold()
    if slash:
        text = text.rstrip("/") or "/"
    text = _REPEATED.sub("/**", text)
    if text == "/**":
        return re.compile("/.*", re.DOTALL)
    return re.compile(_expression([part for part in _PARTS.split(text) if part], _PATH), re.DOTALL)


class _Kind(NamedTuple):
    """What is matched."""

    within: str
    """A character of a segment, or of a label, as an expression."""
    text: Callable[[str], str]
    """The expression for what is meant as it stands."""


def _expression(parts: list[str], kind: _Kind) -> str:
    """For `parts` (texts, `*`, `**` or more of them, `/**` as whole segments) an expression that does not go back.

    What stands before a `**` is found at the first place where it fits, for good (an atomic group): whatever a later
    place would leave, the `**` takes in. The same holds for what stands between two `*`. Otherwise one path of 2,000
    characters keeps `/**/a/**/b/**/c` busy for seconds, and every further `**` a thousand times longer.
    """
    across = [at for at, part in enumerate(parts) if at and part.startswith(("/**", "**"))]
    edges = [0, *across, len(parts)]
    runs = [parts[begin:end] for begin, end in pairwise(edges)]
    ends = [_SEGMENT_ENDS if run[0] == "/**" else "" for run in runs[1:]]
    found = [f"(?>{_run(run, end, kind)})" for run, end in zip(runs, ends, strict=False)]
    return "".join(found) + _run(runs[-1], None, kind)


def _run(run: list[str], end: str | None, kind: _Kind) -> str:
    """`run`, which begins with a text or with what goes across and has no further one of those, as short as can be, up
    to where `end` holds; with None up to the end of the path, for which only its last `*` may have to go back."""
    stars = [at for at, part in enumerate(run) if part == "*"]
    if not stars:
        return "".join(_piece(part, kind, greedy=end is None) for part in run) + (end or "")
    first = "".join(_piece(part, kind, greedy=False) for part in run[: stars[0]])
    *others, last = ["".join(map(kind.text, run[at + 1 : until])) for at, until in pairwise([*stars, len(run)])]
    within = "".join(f"(?>{kind.within}*?{text})" for text in others)
    return first + within + (f"{kind.within}*{last}" if end is None else f"(?>{kind.within}*?{last}{end})")


def _piece(part: str, kind: _Kind, *, greedy: bool) -> str:
    if part == "/**":
        return "(?:/.*)?" if greedy else "(?:/.*?)??"
    if part.startswith("**"):
        return ".*" if greedy else ".*?"
    return kind.text(part)


def _text(part: str) -> str:
    return "".join(map(_character, part))


def _character(character: str) -> str:
    if _PLAIN.fullmatch(character):
        return re.escape(character)
    encoded = quote(character, safe="", errors="surrogateescape" if "\udc80" <= character <= "\udcff" else "replace")
    return f"(?:{re.escape(character)}|(?i:{encoded}))"


_PATH, _HOST = _Kind("[^/]", _text), _Kind("[^.]", re.escape)


def host_matches(pattern: str, host: str) -> bool:
    """Whether the host name `host` matches: `*` within a label, `**` across; a lone `*` matches every host.

    Letter case and a dot at the end make no difference (RFC 9110 section 4.2.3, RFC 1034 section 3.1).
    """
    return pattern == "*" or _host_pattern(pattern).fullmatch(host.lower().removesuffix(".")) is not None


@lru_cache(maxsize=1024)
def _host_pattern(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*+)", pattern.lower().removesuffix("."))
    return re.compile(_expression([part for part in parts if part], _HOST), re.DOTALL)


@lru_cache(maxsize=8192)
def network_contains(network: str, address: str) -> bool:
    """Whether the IP address lies in `network` (CIDR, or one address). False where either cannot be read.

    An IPv4 address that is mapped into IPv6 (`::ffff:10.0.0.1`) counts as the IPv4 address; a zone is ignored.
    """
    try:
        ip = ip_address(address.partition("%")[0])
        if isinstance(ip, IPv6Address) and ip.ipv4_mapped is not None:
            ip = ip.ipv4_mapped
        return ip in ip_network(network, strict=False)
    except ValueError:
        return False
