"""A replay as Markdown for a pull request: the figures side by side, what is lost, what to paste.

What was captured is somebody else's text: it stands in code spans, out of which nothing gets.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.replay.report.side_by_side import rows, shown
from nightlatch.replay.report.subject import Subject

_SHOWN = 10
_MARKS = {"error": "🔴", "warning": "🟡", "note": "⚪"}


def markdown(subject: Subject) -> bytes:
    """The report, UTF-8."""
    document = subject.document
    capture = document["capture"]
    names = [policy["name"] for policy in document["policies"]]
    parts = [
        [f"## Session timeouts: {' against '.join(code(name) for name in (names[0], ', '.join(names[1:])) if name)}"],
        [f"{capture['requests']} requests from {capture['from']} to {capture['to']}, as if each policy had held."],
        _failed(subject),
        _figures(document),
        _curves(document["sweeps"]),
        _lost(document["what_if"][0]["lost_writes"]),
        _findings(document["findings"], subject.policy_label),
        _suggested(document["suggested"]["toml"]),
    ]
    return ("\n\n".join("\n".join(lines) for lines in map(list, parts) if lines) + "\n").encode("utf-8", "replace")


def _failed(subject: Subject) -> list[str]:
    checked = subject.study.checked
    return [f"- {'❌' if each.holds else '✅'} {code(each.message)}" for each in checked]


def _figures(document: Mapping[str, Any]) -> Iterator[str]:
    yield from _head(["", *(code(policy["name"]) for policy in document["policies"])])
    for title, values in rows(document):
        yield _row([title, *values])


def _curves(sweeps: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for number, sweep in enumerate(sweeps):
        if number:
            yield ""
        yield from _head([code(sweep["sweep"]), "logins again per person and day", "writes lost", "open in all", ""])
        for point in sweep["points"]:
            knee = "← the knee" if point["limit"] == sweep["knee"] else ""
            opened = shown("open_seconds", point["open_seconds"])
            again, lost = f"{point['relogins_per_user_day']:.2f}", str(point["lost_writes"])
            yield _row([format_duration(point["limit"] * SECOND), again, lost, opened, knee])


def _lost(lost: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    if not lost:
        return
    yield f"<details><summary>{len(lost)} write{'s' * (len(lost) != 1)} that would have been lost</summary>\n"
    yield from _head(["at", "session", "request", "bytes", "form open for", "ended by"])
    for each in lost[:_SHOWN]:
        form = form_shown(each)
        limit = "" if each["limit"] is None else f" {format_duration(each['limit'] * SECOND)}"
        by = f"{each['clock']}{limit}{(each['rule'] and ' of rule ' + each['rule']) or ''}"
        yield _row([each["at"], code(each["session"]), code(each["route"]), str(each["bytes"]), form, code(by)])
    if len(lost) > _SHOWN:
        yield f"\nand {len(lost) - _SHOWN} more"
    yield "\n</details>"


def form_shown(lost: Mapping[str, Any]) -> str:
    """How long a lost write's page had been open; a timer's has none."""
    if not lost["by_person"]:
        return "a timer"
    return "" if lost["form_seconds"] is None else format_duration(lost["form_seconds"] * SECOND)


def _findings(findings: Sequence[Mapping[str, Any]], file: str) -> list[str]:
    def told(each: Mapping[str, Any]) -> str:
        place = code(f"{file}:{each['line']}")
        return f"- {_MARKS[each['level']]} {code(each['message'])} ({place})"

    return [told(each) for each in findings]


def _suggested(toml: str) -> list[str]:
    if not toml:
        return []
    fence = "`" * max(3, 1 + max((len(run) for run in re.findall("`+", toml)), default=0))
    return ["To paste into the policy, if these are what they look like:", "", f"{fence}toml", toml.rstrip(), fence]


def _head(titles: Sequence[str]) -> Iterator[str]:
    yield _row(titles)
    yield _row(["---", *["---:"] * (len(titles) - 1)])


def _row(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"


def code(text: str) -> str:
    """`text` as a code span of a table cell: fenced by more backticks than it holds, in one line,
    and with a broken bar for the one that would begin a new cell."""
    shown = "".join(each if each.isprintable() else "\ufffd" for each in text).replace("|", "\u00a6")
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", shown)), default=0))
    pad = " " if shown.startswith("`") or shown.endswith("`") or not shown.strip() else ""
    return f"{fence}{pad}{shown}{pad}{fence}"
