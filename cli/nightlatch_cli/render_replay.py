"""A replay as people read it: what was judged, the policies side by side, the routes. Prints; works nothing out."""

from collections.abc import Iterator, Mapping
from typing import Any

from nightlatch_cli.output import print_table, tell

_ROUTES = 20

_FIGURES = (
    ("sessions", "sessions"),
    ("relogins", "logged in again"),
    ("lost_writes", "lost writes"),
    ("kept_alive_by_polling", "kept alive by polling"),
    ("exposure_seconds", "exposure"),
)


def show(document: Mapping[str, Any]) -> None:
    """Print `document` (`nightlatch.replay/1`): tables on a terminal, lines elsewhere."""
    capture = document["capture"]
    skipped = f", {len(capture['skipped'])} skipped" if capture["skipped"] else ""
    tell(
        f"{', '.join(capture['files'])}: {capture['requests']} requests{skipped}, {capture['from']} to {capture['to']}"
    )
    tell("")
    print_table(("", *(policy["name"] for policy in document["policies"])), _rows(document["policies"]))
    routes = document["routes"]
    tell("")
    columns = ("route", "requests", "activity", "passive", "looks like")
    print_table(columns, ([str(cell) for cell in route.values()] for route in routes[:_ROUTES]))
    if len(routes) > _ROUTES:
        tell(f"and {len(routes) - _ROUTES} more routes (--json lists them)")


def _rows(policies: list[Mapping[str, Any]]) -> Iterator[list[str]]:
    """A figure a row, a policy a column; verdicts that nobody got are left out."""
    for verdict in policies[0]["verdicts"]:
        counts = [policy["verdicts"][verdict] for policy in policies]
        if any(counts):
            yield [verdict, *map(str, counts)]
        if verdict == "expired" and any(counts):
            yield from _clocks(policies)
    for name, shown in _FIGURES:
        yield [
            shown,
            *(_duration(policy[name]) if name == "exposure_seconds" else str(policy[name]) for policy in policies),
        ]


def _clocks(policies: list[Mapping[str, Any]]) -> Iterator[list[str]]:
    for clock in policies[0]["expired_by"]:
        counts = [policy["expired_by"][clock] for policy in policies]
        if any(counts):
            yield [f"  by {clock}", *map(str, counts)]


def _duration(seconds: int) -> str:
    minutes, second = divmod(seconds, 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}"
