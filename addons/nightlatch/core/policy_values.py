"""Single values of a policy file: is this a path pattern, a method, a network …? Knows no tables and no places."""

import re
from difflib import get_close_matches
from ipaddress import ip_network

METHODS = (
    "*", "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "PURGE", "QUERY",
    "ACL", "BIND", "CHECKIN", "CHECKOUT", "COPY", "LABEL", "LINK", "LOCK", "MERGE", "MKACTIVITY", "MKCALENDAR",
    "MKCOL", "MKREDIRECTREF", "MKWORKSPACE", "MOVE", "ORDERPATCH", "PROPFIND", "PROPPATCH", "REBIND", "REPORT",
    "SEARCH", "UNBIND", "UNCHECKOUT", "UNLINK", "UNLOCK", "UPDATE", "UPDATEREDIRECTREF", "VERSION-CONTROL",
)  # fmt: skip
"""The IANA registry of HTTP methods, and what caches and drafts add."""

_LONGEST_PATH = 1024
_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", re.ASCII)
_NAME = re.compile(r"[ -~]{1,64}", re.ASCII)
_HOST = re.compile(r"[\w.*:\[\]-]+")
_PERCENT = re.compile(r"(100|[1-9]\d?)%", re.ASCII)


class Unfit(ValueError):
    """A value that cannot stand where it stands: what would do, and what was probably meant."""

    def __init__(self, expected: str, nearest: str | None = None) -> None:
        super().__init__(expected)
        self.expected = expected
        self.nearest = nearest


def nearest(word: str, known: tuple[str, ...]) -> str | None:
    """The known word that `word` was probably meant to be, whatever its letter case."""
    folded = {candidate.lower(): candidate for candidate in known}
    close = get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[close[0]] if close else None


def path_pattern(text: str) -> str:
    """A path pattern. Raises Unfit where it could never match, or means less than it seems to."""
    if len(text) > _LONGEST_PATH:
        raise Unfit(f"a path pattern of at most {_LONGEST_PATH} characters")
    if not text.startswith("/"):
        raise Unfit('a path pattern, which begins with "/", such as "/admin/**"', f"/{text}" if text else None)
    if "?" in text or "#" in text:
        raise Unfit("a path alone: query and fragment take no part in matching", re.split(r"[?#]", text)[0])
    if re.search(r"[{}]", text):
        raise Unfit("a pattern with * (within a segment) and ** (across)", re.sub(r"\{[^}]*\}", "*", text))
    if "***" in text or "//" in text or re.search(r"/\.\.?(/|$)", text):
        raise Unfit("a path pattern without ***, //, /./ or /../")
    if not text.isprintable() or "\\" in text:
        raise Unfit("a path pattern without control characters and backslashes")
    return text


def method(text: str) -> str:
    """An HTTP method, in capitals, or `*`."""
    if text not in METHODS:
        raise Unfit('an HTTP method in capitals, such as "POST", or "*"', nearest(text, METHODS))
    return text


def host_pattern(text: str) -> str:
    """A host name pattern, without scheme and port."""
    if not _HOST.fullmatch(text) or re.search(r"[^:\]]:\d+$", text):
        raise Unfit('a host name without scheme and port, such as "*.example.com"', _host_of(text))
    return text.lower()


def _host_of(text: str) -> str | None:
    host = re.sub(r"^[a-z]+://", "", text, flags=re.IGNORECASE).partition("/")[0].partition(":")[0]
    return host if _HOST.fullmatch(host) else None


def network(text: str) -> str:
    """An IP network in CIDR notation, or one address."""
    try:
        return str(ip_network(text))
    except ValueError:
        raise Unfit('a network such as "10.0.0.0/8" or "2001:db8::/32", or an address', _masked(text)) from None


def _masked(text: str) -> str | None:
    try:
        return str(ip_network(text, strict=False))
    except ValueError:
        return None


def header_name(text: str) -> str:
    """The name of a header field, in lower case."""
    if not _TOKEN.fullmatch(text):
        raise Unfit('the name of a header field, such as "X-Background"')
    return text.lower()


def rule_name(text: str) -> str:
    """A name that can stand in a header field, a log line and a table."""
    if not _NAME.fullmatch(text) or text.strip() != text or '"' in text or "\\" in text:
        raise Unfit("up to 64 printable ASCII characters without quotes: the name is sent in a header field")
    return text


def word(text: str) -> str:
    """Any word, such as a group."""
    if not text.strip() or not text.isprintable():
        raise Unfit("a word")
    return text


def share(text: str) -> str:
    """A share of a limit: `1%` to `100%`."""
    if not _PERCENT.fullmatch(text):
        raise Unfit('a share of the limit such as "50%"')
    return text
