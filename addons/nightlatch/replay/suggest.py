"""Which requests should not count as activity, as TOML to paste: the routes that ask by themselves and keep people in.

Guesses from a capture, for somebody who knows the application to look at; nothing is changed by them.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND, PassivePattern, Policy
from nightlatch.core.policy_values import Unfit, path_pattern
from nightlatch.replay.attribution import UNATTENDED, LooksLike
from nightlatch.replay.routes import Route, family


class Suggestion(NamedTuple):
    """An entry for `[activity].passive`, and why."""

    method: str
    path: str
    looks_like: LooksLike
    every: int | None
    requests: int
    """So many that count as activity now."""

    @property
    def why(self) -> str:
        """Such as `poll every 30s, 812 requests`."""
        every = f" every {_told(self.every)}" if self.every is not None else ""
        return f"{self.looks_like}{every}, {self.requests} request{'s' * (self.requests != 1)}"


def _told(every: int) -> str:
    """A gap to the nearest second, or millisecond where it is shorter."""
    whole = round(every / SECOND) * SECOND
    return format_duration(whole) if every >= SECOND else f"{round(every / 1000)}ms"


def suggestions(routes: Iterable[tuple[Route, int]]) -> tuple[Suggestion, ...]:
    """What should be passive, those with the most requests first.

    Args:
        routes: every route, and how many of its requests counted as activity.
    """
    families: dict[tuple[str, str], list[tuple[Route, int]]] = defaultdict(list)
    for route, active in routes:
        if route.looks_like in UNATTENDED and active:
            method, _, path = route.route.partition(" ")
            families[method, family(path)].append((route, active))
    found = (_suggestion(method, path, members) for (method, path), members in families.items())
    return tuple(sorted((each for each in found if _writable(each)), key=lambda each: (-each.requests, each.path)))


def _suggestion(method: str, path: str, members: Sequence[tuple[Route, int]]) -> Suggestion:
    busiest = max((route for route, _ in members), key=lambda route: route.requests)
    shown = path if len(members) > 1 else busiest.route.partition(" ")[2]
    return Suggestion(method, shown, busiest.looks_like, busiest.every, sum(active for _, active in members))


def _writable(suggestion: Suggestion) -> bool:
    """Whether a policy can say it: what was captured need not be a path."""
    try:
        path_pattern(suggestion.path)
        suggestion.path.encode()
    except (Unfit, UnicodeEncodeError):
        return False
    return suggestion.method.isascii() and suggestion.method.isalpha()


def as_toml(found: Sequence[Suggestion], policy: Policy) -> str:
    """The `[activity]` table with `found` in it, to be put in place of the policy's own; empty when there is none."""
    if not found:
        return ""
    own = [f"    {_own(pattern)}," for pattern in policy.activity.passive]
    entries = [
        f"    {{ method = {toml_string(each.method)}, path = {toml_string(each.path)} }},  # {each.why}"
        for each in found
    ]
    websocket = policy.activity.websocket
    more = [] if websocket == "client" else [f"websocket = {toml_string(websocket)}"]
    return "\n".join(["[activity]", "passive = [", *own, *entries, "]", *more]) + "\n"


def _own(pattern: PassivePattern) -> str:
    given = ((name, value) for name, value in pattern._asdict().items() if value is not None)
    return "{ " + ", ".join(f"{name} = {toml_string(value)}" for name, value in given) + " }"


def toml_string(text: str) -> str:
    """`text` as a basic string; what cannot be seen is written as an escape."""
    return '"' + "".join(_character(character) for character in text) + '"'


def _character(character: str) -> str:
    if character in '"\\':
        return "\\" + character
    if character.isprintable():
        return character
    return f"\\u{ord(character):04x}" if ord(character) < 0x10000 else f"\\U{ord(character):08x}"
