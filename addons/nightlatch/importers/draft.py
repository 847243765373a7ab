"""A policy as it is imported: the limits, where each came from, and what the reader should know. Written as TOML.

Knows no system. `None` is a limit that is off.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from nightlatch.core.durations import format_duration


class ImportFailed(ValueError):
    """A file that cannot be read as the settings of that system; the message says why (exit code 4)."""


class Limit(NamedTuple):
    """One limit in microseconds, and the setting that it was taken from."""

    value: int | None
    origin: str


class Scope(NamedTuple):
    """What has limits, or none, of its own: paths, methods, a host."""

    name: str
    origin: str
    paths: tuple[str, ...] = ()
    host: str | None = None
    public: bool = False
    limits: tuple[tuple[str, int | None], ...] = ()
    """Those that it sets itself, by key."""
    methods: tuple[str, ...] = ()


@dataclass(slots=True)
class Draft:
    """What was found in one file."""

    system: str
    limits: dict[str, Limit] = field(default_factory=dict)
    remembered: dict[str, Limit] = field(default_factory=dict)
    scopes: list[Scope] = field(default_factory=list)
    passive: list[tuple[str, str]] = field(default_factory=list)
    """Path patterns and where each came from."""
    notes: list[str] = field(default_factory=list)

    def limit(self, key: str, value: int | None, origin: str) -> None:
        """Set the limit `key` of `[session]`."""
        self.limits[key] = Limit(value, origin)

    def remember(self, key: str, value: int | None, origin: str) -> None:
        """Set the limit `key` of sessions that are remembered."""
        self.remembered[key] = Limit(value, origin)

    def note(self, text: str) -> None:
        """Something that behaves otherwise than its name says, or that has no counterpart here."""
        self.notes.append(text)


def render(draft: Draft, name: str) -> str:
    """The policy file: notes as comments at the top, then each limit with its origin."""
    lines = [f"# Imported from {draft.system}.", *(f"# - {_comment(note)}" for note in draft.notes), ""]
    lines += ["[policy]", f"name = {_quoted(name)}", "", "[session]"]
    lines += _limits(draft.limits)
    if draft.remembered:
        lines += ["", "[remember]", *_limits(draft.remembered)]
    if draft.passive:
        lines += ["", "[activity]", "passive = ["]
        lines += [f"    {{ path = {_quoted(path)} }},  # {_comment(origin)}" for path, origin in draft.passive]
        lines.append("]")
    # Public ones first: the first rule that matches applies, and a host's limits would hide them.
    for scope in _named_apart(sorted(draft.scopes, key=lambda scope: not scope.public)):
        lines += ["", *_rule(scope)]
    return "\n".join(lines) + "\n"


def _limits(limits: Mapping[str, Limit]) -> Iterator[str]:
    for key in ("idle", "absolute", "rolling", "grace", "leeway"):
        if key in limits:
            yield f"{key} = {_duration(limits[key].value)}  # {_comment(limits[key].origin)}"


def _rule(scope: Scope) -> list[str]:
    match = []
    if scope.paths:
        match.append(f"path = [{', '.join(map(_quoted, scope.paths))}]")
    if scope.methods:
        match.append(f"method = [{', '.join(map(_quoted, scope.methods))}]")
    if scope.host is not None:
        match.append(f"host = {_quoted(scope.host)}")
    lines = [f"[[rule]]  # {_comment(scope.origin)}", f"name = {_quoted(scope.name)}"]
    lines.append(f"match = {{ {', '.join(match)} }}")
    if scope.public:
        lines.append('access = "public"')
    return [*lines, *(f"{key} = {_duration(value)}" for key, value in scope.limits)]


def _named_apart(scopes: list[Scope]) -> list[Scope]:
    """Two rules may not share a name."""
    seen: dict[str, int] = {}
    apart = []
    for scope in scopes:
        name = re.sub(r"[^A-Za-z0-9._ -]+", "-", scope.name).strip("- ")[:60] or "rule"
        seen[name] = seen.get(name, 0) + 1
        apart.append(scope._replace(name=name if seen[name] == 1 else f"{name} {seen[name]}"))
    return apart


def _duration(value: int | None) -> str:
    return f'"{format_duration(value)}"'


def _quoted(text: str) -> str:
    return json.dumps(text)


def _comment(text: str) -> str:
    return "".join(character if character.isprintable() else " " for character in text)
