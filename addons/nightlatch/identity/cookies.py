"""Reading cookies as strictly as the laxest of upstreams reads them (law of trust 3), and taking them out again.

A cookie that nightlatch overlooks but the application finds would pass unguarded, so the spellings that real servers
accept all count: a name after a comma or a space, percent-encoded, with PHP's underscores or ASP.NET's letter case; a
value quoted, escaped or percent-encoded. This module knows neither sessions nor keys. Nothing here raises, whatever
the client sent, and the time taken grows linearly with its size.
"""

import re
import string
from collections.abc import Iterable, Iterator
from functools import lru_cache
from urllib.parse import unquote

from nightlatch.core.request import Headers

_TRIM = string.whitespace + '"'
_DECODINGS = 4
_ESCAPE = re.compile(r"\\([0-3][0-7]{2}|.)", re.DOTALL)


def cookie_values(headers: Headers, name: str) -> tuple[str, ...]:
    """The different credentials that the request's cookies give for `name`, as `read_value` reads them.

    None: no such cookie, or only empty ones. More than one: the request contradicts itself (at most two are told).
    A `name` that ends in `*` means a cookie in chunks (`NAME`, `NAME.0`, `NAME_1`, `NAME-2` …), joined in order.
    """
    raw = headers.get("cookie")
    if not raw:
        return ()
    text = _plain_names(raw[0] if len(raw) == 1 else ";".join(raw))
    found = _pattern(name).finditer(text)
    if name.endswith("*"):
        return _joined((int(match[1] or -1), match[2]) for match in found)
    return _different(match[1] for match in found)


def without_cookies(header_value: str, names: Iterable[str]) -> str | None:
    """The Cookie header `header_value` without the cookies `names`; None when nothing is left.

    What is removed is what `cookie_values` would find, and with it the whole stretch between two semicolons.
    """
    patterns = [_pattern(name) for name in names]
    kept = [pair.strip() for pair in header_value.split(";") if pair.strip() and not _names(pair, patterns)]
    return "; ".join(kept) or None


def read_value(text: str) -> str:
    """The one reading of a cookie's value: trimmed, unquoted, backslash escapes and percent-encoding undone."""
    value = text.strip(_TRIM)
    if "\\" in value and text.lstrip().startswith('"'):
        value = _ESCAPE.sub(_unescaped, value)
    if "%" in value:
        value = _decoded(value)
    return value.strip()


def cookie_pattern(name: str) -> str:
    """A regular expression for the spellings of the cookie name `name`; of `NAME*` with the chunk's number as group."""
    return _spelling(name) + _number(name)


def _spelling(name: str) -> str:
    """The name itself, as a regular expression of fixed width."""
    # PHP turns dots, spaces and brackets in a cookie's name into underscores.
    spelling = re.escape(name.removesuffix("*")).replace("_", r"[_. \[+]")
    # ASP.NET compares cookie names without regard to case; everyone else follows RFC 6265, where case matters.
    return f"(?i:{spelling})" if name.lower().startswith(("asp.net", ".asp")) else spelling


def _number(name: str) -> str:
    return r"(?:[._-](\d{1,3}))?" if name.endswith("*") else ""


@lru_cache(maxsize=256)
def _pattern(name: str) -> re.Pattern[str]:
    """Finds `name=` wherever some server lets a cookie begin; the value is looked at ahead, so that a second name
    inside it is found as well. What comes before is looked at last, as a literal start makes the search fast."""
    spelling = _spelling(name)
    return re.compile(rf"{spelling}(?<![^;,\s\"]{spelling}){_number(name)}\s*=(?=([^;]*))")


def _names(pair: str, patterns: Iterable[re.Pattern[str]]) -> bool:
    plain = _plain_names(pair)
    for pattern in patterns:  # noqa: SIM110 (on every request: a generator would cost as much as the search)
        if pattern.search(plain):
            return True
    return False


def _plain_names(text: str) -> str:
    """`text` with the names percent-decoded, as older PHP and Rack do (CVE-2020-7070, CVE-2020-8184)."""
    if "%" not in text:
        return text
    return ";".join(map(_plain_name, text.split(";")))


def _plain_name(pair: str) -> str:
    name, equals, value = pair.partition("=")
    return unquote(name, errors="surrogateescape") + equals + value if "%" in name else pair


def _different(raw_values: Iterable[str]) -> tuple[str, ...]:
    """The first two different readings that are not empty; stops there, as each further one costs time."""
    values: list[str] = []
    for raw in raw_values:
        value = read_value(raw)
        if value and value not in values:
            values.append(value)
            if len(values) > 1:
                break
    return tuple(values)


def _joined(chunks: Iterator[tuple[int, str]]) -> tuple[str, ...]:
    first: dict[int, str] = {}
    last: dict[int, str] = {}
    for index, raw in chunks:
        value = first.setdefault(index, raw)
        if raw != value:
            last[index] = raw
            break
    return _different(map(_in_order, (first, first | last)))


def _in_order(chunks: dict[int, str]) -> str:
    return "".join(chunks[index].strip(_TRIM) for index in sorted(chunks))


def _unescaped(match: re.Match[str]) -> str:
    code = match[1]
    return chr(int(code, 8)) if len(code) == 3 else code


def _decoded(value: str) -> str:
    """Percent-decoded until nothing changes, so that no number of encodings makes a new credential of an old one."""
    for _ in range(_DECODINGS):
        decoded = unquote(value, errors="surrogateescape").strip(_TRIM)
        if decoded == value:
            break
        value = decoded
    return value
