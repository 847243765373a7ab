"""Which line of a policy's text makes it so: where a limit, a rule or a table stands. For findings that point there."""

import tomllib
from typing import Any

from nightlatch.core.policy import Policy
from nightlatch.core.toml_places import Path, Place, places

_TOP = Place(1, 1)


class PolicyPlaces:
    """The places in one policy's text; the top of it for what it does not say."""

    def __init__(self, policy: Policy) -> None:
        text = policy.text.removeprefix("\ufeff").replace("\r\n", "\n")
        self._lines = text.split("\n")
        self._spots = places(text)
        read: dict[str, Any] = tomllib.loads(text)
        self._rules = {rule.get("name", f"rule {n}"): (n - 1, rule) for n, rule in enumerate(read.get("rule", ()), 1)}

    def limit(self, clock: str, rule: str | None = None) -> Place:
        """Where the limit of `clock` stands that holds under `rule` (None: `[session]`): in the rule, in its tier, or
        in `[session]`."""
        paths: list[Path] = []
        if rule in self._rules:
            index, table = self._rules[rule]
            paths += [("rule", index, clock), ("risk", str(table.get("risk")), clock)]
        return self.first(*paths, ("session", clock), ("session",))

    def rule(self, name: str) -> Place:
        """Where the rule begins."""
        index, _ = self._rules.get(name, (-1, None))
        return self.first(("rule", index, "name"), ("rule", index))

    def first(self, *paths: Path) -> Place:
        """Where the first of `paths` stands that is there."""
        return next((self._spots[path].key for path in paths if path in self._spots), _TOP)

    def line(self, place: Place) -> str:
        """The line at `place`."""
        return self._lines[place.line - 1]
