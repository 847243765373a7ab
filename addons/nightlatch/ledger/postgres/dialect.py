"""The SQL that both ledgers share, as PostgreSQL wants it.

Of some ninety statements all but five are the same for SQLite and PostgreSQL, once they keep to what both understand
(`ON CONFLICT`, `RETURNING`, `CASE` in place of SQLite's two-armed `max`). A second copy of eighty-five statements would
be eighty-five chances for the two ledgers to differ in what a session is; so the text is translated: how values are
marked, and the name of one function. The five are in `reader` and `writer`. Pure.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

_TOKEN = re.compile(r"'[^']*'|\?(?P<number>\d*)|(?<!:):(?P<name>[a-z_]+)|\b(?P<array>json_array)\(")
_ARRAY = "json_build_array("


class Translated(NamedTuple):
    """A statement with its values marked `$1`, `$2` …"""

    text: str
    names: tuple[str, ...]
    """Which value goes where, when they are given by name."""

    def ordered(self, values: Sequence[Any] | Mapping[str, Any]) -> Sequence[Any]:
        """`values` in the order of their marks."""
        return [values[name] for name in self.names] if isinstance(values, Mapping) else values


@lru_cache(maxsize=1024)
def translated(statement: str) -> Translated:
    """`statement`, which marks its values as SQLite does: `?`, `?1` or `:name`."""
    names: dict[str, int] = {}
    return Translated(_TOKEN.sub(_replacement(names), statement), tuple(names))


def _replacement(names: dict[str, int]) -> Callable[[re.Match[str]], str]:
    count = 0

    def replace(found: re.Match[str]) -> str:
        nonlocal count
        if found["name"]:
            return f"${names.setdefault(found['name'], len(names) + 1)}"
        if found["number"]:
            return f"${found['number']}"
        if found["array"]:
            return _ARRAY
        if found[0] == "?":
            count += 1
            return f"${count}"
        return found[0]

    return replace
