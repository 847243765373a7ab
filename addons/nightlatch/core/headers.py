"""The header fields that nightlatch's answers carry, as structured fields where they are ours (RFC 9651).

Nothing that came from outside gets into a header but by these functions, which leave no way to break out of it.
"""

import re
from collections.abc import Iterable
from typing import NamedTuple

from nightlatch.core.durations import format_duration, seconds_down, seconds_up
from nightlatch.core.request import RequestView
from nightlatch.core.verdict import Remaining, Verdict

Header = tuple[str, str]

EXPOSED = "Nightlatch-Verdict, Nightlatch-Session, Nightlatch-Clock, WWW-Authenticate"
HTTPS_COOKIE = "__Host-nightlatch"
"""nightlatch's own cookie on https. On http, where browsers refuse that prefix, its name tells the guard's port."""
_TOKEN = re.compile(r"[A-Za-z*][\w!#$%&'*+.^`|~:/-]*", re.ASCII)
_UNPRINTABLE = re.compile(r"[^\x20-\x7e]")
_LOOPBACK = re.compile(
    r"https?://(localhost|([a-z0-9-]+\.)+localhost|127(\.\d{1,3}){3}|\[::1\])(:\d{1,5})?", re.IGNORECASE | re.ASCII
)


class CookiePlace(NamedTuple):
    """Where a cookie lives, so that it can be deleted there; `domain` None for a host-only cookie."""

    path: str = "/"
    domain: str | None = None
    secure: bool = False


def quoted(text: str) -> str:
    """`text` as a string in double quotes, good for RFC 9651 and RFC 9110 alike; what is not ASCII is left out."""
    plain = _UNPRINTABLE.sub("", text).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{plain}"'


def verdict_header(verdict: Verdict, decision_id: str) -> str:
    """`Nightlatch-Verdict`: an item with parameters; durations in whole seconds, `elapsed` rounded down.

    A rule's name that has no ASCII at all is left out, and so is the id where there was nothing to decide.
    """
    rule = quoted(verdict.rule) if verdict.rule else '""'
    parameters = {
        "clock": None if verdict.clock is None else str(verdict.clock),
        "limit": None if verdict.limit is None else str(seconds_down(verdict.limit)),
        "elapsed": None if verdict.elapsed is None else str(seconds_down(verdict.elapsed)),
        "rule": None if rule == '""' else rule,
        "id": decision_id if _TOKEN.fullmatch(decision_id) else quoted(decision_id) if decision_id else None,
    }
    return "; ".join([str(verdict.kind), *(f"{key}={text}" for key, text in parameters.items() if text is not None)])


def session_header(remaining: Remaining) -> str:
    """`Nightlatch-Session`: a dictionary of the seconds that remain, rounded up; empty when no clock is on."""
    idle = "" if remaining.idle is None else f"idle={max(0, seconds_up(remaining.idle))}"
    absolute = "" if remaining.absolute is None else f"absolute={max(0, seconds_up(remaining.absolute))}"
    return f"{idle}, {absolute}" if idle and absolute else idle or absolute


def clock_header(offset: int, frozen: bool = False) -> str | None:
    """`Nightlatch-Clock`: how far nightlatch's time was moved (`offset`, microseconds), as `+31m`; with `frozen` while
    it stands still; None when it is wall time."""
    moved = [] if not offset else [format_duration(offset) if offset < 0 else f"+{format_duration(offset)}"]
    return "; ".join([*moved, *(["frozen"] if frozen else [])]) or None


def cors_headers(request: RequestView, origin: str, allowed: Iterable[str]) -> tuple[Header, ...]:
    """What lets a script read our answer (law of trust 8): the guard's own origin, loopback origins and `allowed`."""
    asking = request.header("origin")
    vary = ("Vary", "Origin")
    if not asking or not (asking in (origin, *allowed) or _LOOPBACK.fullmatch(asking)):
        return (vary,)
    return (
        ("Access-Control-Allow-Origin", asking),
        ("Access-Control-Allow-Credentials", "true"),
        ("Access-Control-Expose-Headers", EXPOSED),
        vary,
    )


def cookie_deletions(request: RequestView, name: str, place: CookiePlace) -> tuple[Header, ...]:
    """Set-Cookie fields that delete the cookie `name` (`NAME*`: each of its chunks) as far as `request` presents it."""
    presented = (
        pair.partition("=")[0].strip() for line in request.headers.get("cookie", ()) for pair in line.split(";")
    )
    spelling = re.compile(re.escape(name.removesuffix("*")) + (r"([._-]\d{1,3})?" if name.endswith("*") else ""))
    found = dict.fromkeys(cookie for cookie in presented if spelling.fullmatch(cookie))
    return tuple(("Set-Cookie", f"{cookie}={_deleted(place)}") for cookie in found)


def _deleted(place: CookiePlace) -> str:
    attributes = [f"; Domain={place.domain}"] if place.domain else []
    if place.secure:
        attributes.append("; Secure")
    return f"; Path={place.path}; Max-Age=0; Expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly" + "".join(attributes)
