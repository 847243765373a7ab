"""The figures of all policies side by side, in words: what every report shows first."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND

FIGURES = (
    ("sessions", "sessions"),
    ("sessions_cut", "sessions cut while still in use"),
    ("relogins", "logins again"),
    ("relogins_per_user_day", "logins again per person and day"),
    ("expired", "requests refused as expired"),
    ("step_up", "requests that ask for a fresh login"),
    ("lost_writes", "writes lost"),
    ("lost_by_people", "… that no timer sent"),
    ("kept_alive_by_polling", "sessions kept alive by polling alone"),
    ("exposure_seconds", "exposure"),
    ("open_seconds", "open in all"),
)
"""What is compared, and what it is called."""


def figures(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Everything that is one number, a mapping a policy."""
    return [
        {**what_if, **policy["verdicts"], **policy}
        for policy, what_if in zip(document["policies"], document["what_if"], strict=True)
    ]


def rows(document: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    """A figure a row: its title, and its value under each policy."""
    policies = figures(document)
    for name, title in FIGURES:
        values = [policy[name] for policy in policies]
        if any(values) or name != "step_up":
            yield title, [shown(name, value) for value in values]


def coarse(duration: int) -> str:
    """A duration (microseconds) as people say it: its two largest units, `1d 16h`."""
    parts = re.findall(r"\d+[dhms]", format_duration(duration))
    return " ".join(parts[:2])


def shown(name: str, value: float) -> str:
    """A figure as people read it."""
    if name in ("exposure_seconds", "open_seconds"):
        return coarse(round(value) * SECOND)
    return f"{value:.2f}" if isinstance(value, float) else f"{value:,}"
