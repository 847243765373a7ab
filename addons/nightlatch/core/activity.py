"""What counts as the person being active (law of time 4). Everything else is passive and does not reset `idle`.

Wherever a request can be read both ways it is passive: that can end a session early, never late.
"""

from functools import lru_cache

from nightlatch.core.paths import EVERY, readings
from nightlatch.core.patterns import path_matches
from nightlatch.core.policy import SECOND, PassivePattern, Policy, Rule
from nightlatch.core.request import RequestView

BUILT_IN_PASSIVE = (
    "/@vite/**",
    "/_next/webpack-hmr",
    "/__webpack_hmr",
    "/sockjs-node/**",
    "/.nightlatch/session",
)
"""What development servers ask by themselves (law of trust 12), and nightlatch's own session probe."""

_TELLING = (
    ("sec-purpose", frozenset({"prefetch", "prerender"})),
    ("purpose", frozenset({"prefetch"})),
    ("x-moz", frozenset({"prefetch"})),
    ("accept", frozenset({"text/event-stream"})),
    ("upgrade", frozenset({"websocket"})),
)
"""Header fields, and the words in them, of requests that a browser or a script makes without the person."""

_TELLING_NAMES = frozenset(name for name, _ in _TELLING)


def is_passive(policy: Policy, rule: Rule, request: RequestView) -> bool:
    """Whether `request`, which `rule` lets pass, says nothing about the person being there."""
    return (
        rule.passive
        or (request.message != "" and policy.activity.websocket not in ("all", request.message))
        or _by_itself(request)
        or _passive_path(BUILT_IN_PASSIVE, request.path)
        or (policy.activity.passive != () and any(_listed(pattern, request) for pattern in policy.activity.passive))
    )


def is_preflight(request: RequestView) -> bool:
    """Whether this is a CORS preflight (law of trust 7); any other OPTIONS is guarded like the rest."""
    headers = request.headers
    return (
        request.method == "OPTIONS"
        and "origin" in headers
        and "access-control-request-method" in headers
        and not request.has_body
        and "upgrade" not in headers
    )


def credit(start: int, duration: int, idle: int | None) -> int | None:
    """The instant at which an active exchange counts once more, at its end; None when it was too short to.

    One that takes longer than a second counts at start + min(duration, one idle limit). Only for exchanges that were
    active when they began; all in microseconds.
    """
    if duration <= SECOND:
        return None
    return start + (duration if idle is None else min(duration, idle))


def _by_itself(request: RequestView) -> bool:
    headers = request.headers
    for header, telling in () if _TELLING_NAMES.isdisjoint(headers) else _TELLING:
        for value in headers.get(header, ()):
            if not telling.isdisjoint(_words(value)):
                return True
    return is_preflight(request)


@lru_cache(maxsize=512)
def _words(value: str) -> frozenset[str]:
    """The members of a list header and their parameters (`prefetch;prerender` is read as two)."""
    return frozenset(word.strip() for word in value[:1024].lower().replace(";", ",").split(","))


def _listed(pattern: PassivePattern, request: RequestView) -> bool:
    """Whether all that an entry of `[activity].passive` names is true of `request`."""
    return (
        (pattern.method is None or _same_method(pattern.method, request.method))
        and (pattern.header is None or pattern.header in request.headers)
        and (pattern.path is None or _passive_path((pattern.path,), request.path))
    )


def _same_method(wanted: str, method: str) -> bool:
    return wanted in ("*", method) or (wanted == "GET" and method == "HEAD")


def _passive_path(patterns: tuple[str, ...], path: str) -> bool:
    """Whether any reading matches any of `patterns`: the opposite of what `public` asks, and as strict. Of long paths
    it is worked out each time: nobody is to fill the memory with them."""
    return _remembered(patterns, path) if len(path) <= _LONGEST_REMEMBERED else _matches_any(patterns, path)


def _matches_any(patterns: tuple[str, ...], path: str) -> bool:
    return any(
        reading == EVERY or path_matches(pattern, reading, fold=True, slash=slash)
        for reading in readings(path)
        for pattern in patterns
        for slash in (True, False)
    )


_LONGEST_REMEMBERED = 256
_remembered = lru_cache(maxsize=4096)(_matches_any)
