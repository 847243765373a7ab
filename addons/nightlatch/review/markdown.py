"""The review as Markdown: for a pull request, a wiki, a mail. What people are called is put in code spans, out of which
nothing gets."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.review.wording import FIGURES, heading, last_words, polling_words, trail_words


def markdown(document: Mapping[str, Any]) -> str:
    """The whole page."""
    return "\n".join(_lines(document)) + "\n"


def _lines(document: Mapping[str, Any]) -> Iterator[str]:
    yield f"# {heading(document)}"
    yield ""
    yield f"{trail_words(document['trail'])} {last_words(document['last'])}"
    yield from _table("Sessions", ("what", "now", "at the last review"), _figures(document))
    yield from _table("How they ended", ("how", "sessions"), document["endings"].items())
    yield from _table("Longest lived", ("session", "who", "for"), map(_long, document["longest"]))
    yield from _table(
        "Closest to a limit", ("session", "who", "clock", "used", "limit"), map(_close, document["closest"])
    )
    yield from _polling(document["polling"])
    yield from _table("Alerts", ("since", "detector", "times", "then", "why"), map(_alert, document["alerts"]))
    yield from _table("Policy, version by version", ("at", "version", ""), map(_policy, document["policies"]))
    yield from _table(
        "What the policy's check finds", ("severity", "line", "finding"), map(_finding, document["findings"])
    )
    changes = document["last"]["changes"]
    if changes:
        rows = ((each["at"], each["before"] or "", each["after"] or "", each["change"]) for each in changes)
        yield from _table("Changed in the policy since the last review", ("what", "before", "after", ""), rows)


def _table(title: str, head: tuple[str, ...], rows: Iterable[Iterable[object]]) -> Iterator[str]:
    found = [tuple(map(_cell, row)) for row in rows]
    yield ""
    yield f"## {title}"
    yield ""
    if not found:
        yield "None."
        return
    yield f"| {' | '.join(head)} |"
    yield f"|{'---|' * len(head)}"
    yield from (f"| {' | '.join(row)} |" for row in found)


def _figures(document: Mapping[str, Any]) -> Iterator[tuple[object, ...]]:
    before = document["last"]["figures"] or {}
    for name, words in FIGURES.items():
        yield words, document["sessions"][name], before.get(name, "")


def _long(each: Mapping[str, Any]) -> tuple[object, ...]:
    return _code(each["session"]), _code(each["subject"]), format_duration(each["seconds"] * SECOND or SECOND)


def _close(each: Mapping[str, Any]) -> tuple[object, ...]:
    limit = format_duration(each["limit"] * SECOND)
    return _code(each["session"]), _code(each["subject"]), each["clock"], f"{each['share']:.0%}", limit


def _polling(polling: Mapping[str, Any]) -> Iterator[str]:
    rows = ((_code(route["route"]), route["looks_like"], route["requests"]) for route in polling["routes"])
    yield from _table("What polls", ("route", "looks like", "requests"), rows)
    yield ""
    yield polling_words(polling)


def _alert(each: Mapping[str, Any]) -> tuple[object, ...]:
    return each["raised_at"], each["detector"], each["count"], each["then"], _code(each["why"])


def _policy(each: Mapping[str, Any]) -> tuple[object, ...]:
    return each["at"], each["version"], "in force" if each["accepted"] else "refused"


def _finding(each: Mapping[str, Any]) -> tuple[object, ...]:
    return each["severity"], each["line"], f"{each['message']} ({each['clause'] or each['code']})"


def _code(text: str | None) -> str:
    """`text` in a code span; a backtick would end it."""
    return f"`{text.replace('`', chr(39))}`" if text else ""


def _cell(value: object) -> str:
    return "".join(each if each.isprintable() else " " for each in str(value)).replace("|", "\\|")
