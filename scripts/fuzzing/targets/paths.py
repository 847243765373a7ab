"""Paths and patterns, and places to return to: read like the laxest of servers and browsers reads them."""

import posixpath
from functools import cache
from urllib.parse import unquote

import ada_url
from scripts.fuzzing.target import Target, Targets, holds, split

from nightlatch.core.paths import EVERY, MOST_READINGS, readings
from nightlatch.core.patterns import host_matches, network_contains, path_matches
from nightlatch.core.policy_values import Unfit, host_pattern, network, path_pattern
from nightlatch.core.redirect import OWN, safe_return_to, with_query

_ORIGIN = "http://localhost:8080"


def path(content: bytes) -> None:
    """A request path: what a common server makes of it is among the readings, or every rule is asked."""
    raw = content.decode("latin-1")
    found = readings(raw)
    holds(0 < len(found) <= MOST_READINGS + 1, f"{len(found)} readings")
    if found[-1] == EVERY or not raw.startswith("/"):
        return
    bare = raw.partition("?")[0].partition("#")[0]
    common = posixpath.normpath(unquote(bare, errors="surrogateescape"))
    wanted = {common, "/" + common.lstrip("/")}
    seen = {one.rstrip("/") or "/" for one in found}
    holds("//" in raw or "\\" in raw or wanted & seen, f"{wanted} is none of {found}")


def pattern(content: bytes) -> None:
    """`PATTERN\\nPATH`: the regular expression and a matcher that is written as the manual says agree."""
    first, second = (part.decode("latin-1") for part in split(content, 2))
    try:
        path_pattern(first)
    except Unfit as unfit:
        holds(str(unfit), "nothing expected")
        return
    answers = [path_matches(first, second, fold=fold, slash=slash) for fold in (False, True) for slash in (False, True)]
    # As soon as one of them is encoded, an encoding on the other side counts too: that is not in the manual's words.
    if second.startswith("/") and "%" not in first + second and len(first) < 40 and len(second) < 200:
        holds(answers[0] == by_the_manual(first, second), f"{first!r} and {second!r}: {answers[0]}")


def by_the_manual(text: str, path: str) -> bool:
    """`*` within a segment, `**` across; `/a/**` matches `/a` and everything below it."""

    @cache
    def at(i: int, j: int) -> bool:
        if i == len(text):
            return j == len(path)
        if text.startswith("/**", i) and (i + 3 == len(text) or text[i + 3] == "/"):
            below = (at(i + 3, end) for end in range(j + 1, len(path) + 1)) if path.startswith("/", j) else ()
            return at(i + 3, j) or any(below)
        if text.startswith("**", i):
            return any(at(i + 2, end) for end in range(j, len(path) + 1))
        if text[i] == "*":
            segment = path.find("/", j)
            return any(at(i + 1, end) for end in range(j, (segment if segment >= 0 else len(path)) + 1))
        return path.startswith(text[i], j) and at(i + 1, j + 1)

    return at(0, 0)


def place(content: bytes) -> None:
    """`return_to`: wherever Chromium and Firefox would go (WHATWG URL), it is this site and none of our own pages."""
    target = safe_return_to(content.decode("utf-8", "surrogateescape"), _ORIGIN)
    holds(target.startswith("/") and target.isascii() and target.isprintable(), f"{target!r} is no path")
    there = ada_url.URL(target, base=_ORIGIN + "/.nightlatch/login")
    holds(there.origin == _ORIGIN, f"{target!r} leads to {there.href}")
    holds(not there.pathname.lower().startswith(f"/{OWN}/"), f"{target!r} is {there.pathname}")
    back = with_query("/.nightlatch/login?a=1#top", return_to=target)
    holds(ada_url.URLSearchParams(ada_url.URL(back, base=_ORIGIN).search).get("return_to") == target, back)


def host(content: bytes) -> None:
    """`PATTERN\\nHOST\\nNETWORK\\nADDRESS`."""
    first, name, net, address = (part.decode("latin-1") for part in split(content, 4))
    try:
        host_matches(host_pattern(first), name)
        network_contains(network(net), address)
    except Unfit as unfit:
        holds(str(unfit), "nothing expected")
    holds(host_matches("*", name), "a lone star matches every host")


TRICKS = (
    *(
        b"/admin/../x",
        b"/a%2f..%2fadmin",
        b"/%61dmin;x=1/y",
        b"//evil/admin",
        b"/admin%00.png",
        b"\\admin\\x",
        b"/a/./b/",
    ),
    *(
        b"/%252e%252e/admin",
        b"/%c0%af",
        b"/%u002e%u002e/",
        b"http://h/a",
        b"/\xef\xbc\x8fadmin",
        b"/admin. /x",
        b"/a#/../b",
    ),
)
_PIECES = (
    b"/",
    b"..",
    b".",
    b"%2f",
    b"%5c",
    b"%25",
    b"%00",
    b";",
    b"?",
    b"#",
    b"\\",
    b"//",
    b"%u002f",
    b"%c0%ae",
    b"*",
)
_OFF_SITE = (
    *(b"/orders?id=7", b"//evil.example", b"/\\evil.example", b"/%2f%2fevil", b"http://localhost:8080@evil.example/"),
    *(
        b"http://localhost:8080/a",
        b"/.nightlatch/logout",
        b"/%2enightlatch",
        b"javascript:alert(1)",
        b"/\t/evil",
        b"/a/..//e",
    ),
)
TARGETS: Targets = {
    "readings": Target(path, TRICKS, _PIECES),
    "pattern": Target(
        pattern,
        (b"/admin/**\n/admin/x/y", b"/**/x/*.png\n/a/b/x/c.png", b"/a*b**c\n/axb/yc", b"/**\n/", b"/a%20b\n/a b"),
        (*_PIECES, b"**", b"/**", b"/**/", b"a", b"\n"),
    ),
    "return-to": Target(
        place, (*_OFF_SITE, *TRICKS), (*_PIECES, b"http://localhost:8080", b"@", b":", b"\n", b"nightlatch")
    ),
    "host": Target(
        host,
        (b"*.example.com\na.example.com\n10.0.0.0/8\n10.1.2.3", b"**.b\n[::1]:80\n2001:db8::/32\n::ffff:10.0.0.1%eth0"),
        (b"*", b".", b":", b"[", b"]", b"/", b"::", b"%"),
    ),
}
