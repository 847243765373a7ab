"""A replay as people read it: what was judged, the policies side by side, the routes. Prints; works nothing out."""

from collections.abc import Iterator, Mapping, Sequence
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


def show(document: Mapping[str, Any], suggested: str = "") -> None:
    """Print `document` (`nightlatch.replay/1`): tables on a terminal, lines elsewhere.

    Args:
        document: with or without what a study adds.
        suggested: the `[activity]` table to paste; empty for none.
    """
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
    if "alerts" in document:
        _alerts(document["alerts"])
    for each in document.get("differences", ()):
        _difference(each)
    for each in document.get("what_if", ())[:1]:
        _lost(each["policy"], each["lost_writes"])
    for each in document.get("sweeps", ()):
        _sweep(each)
    if suggested:
        tell("\nThis looks like a timer and counts as activity; to paste into the policy, if it is one:\n")
        tell(suggested.rstrip())


def _difference(each: Mapping[str, Any]) -> None:
    cut, spared = (len(each[f"sessions_{name}"]) for name in ("cut", "spared"))
    tell(f"\n{each['policy']} cuts off {cut} that {each['against']} lets pass, and spares {spared}")
    columns = ("was", "is", "requests")
    if each["verdicts"]:
        print_table(columns, ([row["from"], row["to"], str(row["requests"])] for row in each["verdicts"]))


def _lost(policy: str, lost: list[Mapping[str, Any]]) -> None:
    if not lost:
        return
    tell(f"\n{len(lost)} write{'s' * (len(lost) != 1)} would have been lost under {policy}")
    columns = ("at", "session", "request", "bytes", "form open for", "ended by")
    print_table(columns, (_lost_row(each) for each in lost[:_ROUTES]))


def _lost_row(each: Mapping[str, Any]) -> list[str]:
    form = "" if each["form_seconds"] is None else _duration(each["form_seconds"])
    form = form if each["by_person"] else "a timer"
    by = f"{each['clock']}, rule {each['rule']}" if each["rule"] else str(each["clock"])
    return [each["at"], each["session"], each["route"], str(each["bytes"]), form, by]


def _sweep(sweep: Mapping[str, Any]) -> None:
    tell("")
    columns = (sweep["sweep"], "logged in again", "per user-day", "lost writes", "exposure", "open in all", "")
    print_table(columns, (_sweep_row(point, sweep["knee"]) for point in sweep["points"]))


def _sweep_row(point: Mapping[str, Any], knee: int | None) -> list[str]:
    counts = str(point["relogins"]), f"{point['relogins_per_user_day']:.2f}", str(point["lost_writes"])
    mark = "the knee" if point["limit"] == knee else ""
    times = _duration(point["exposure_seconds"]), _duration(point["open_seconds"])
    return [_duration(point["limit"]), *counts, *times, mark]


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


def _alerts(alerts: Sequence[Mapping[str, Any]]) -> None:
    """What detectors would have said, if anybody asked."""
    tell("")
    if not alerts:
        tell("the detectors would have said nothing")
        return
    columns = ("policy", "at", "detector", "times", "then", "session", "why")
    fields = ("policy", "raised_at", "detector", "count", "then", "session", "why")
    print_table(columns, ([str(alert[field] or "") for field in fields] for alert in alerts))
