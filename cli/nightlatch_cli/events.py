"""`nightlatch events`: the audit trail, as it is or as it grows."""

import time
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated, Any

import typer

from nightlatch.core.durations import parse_duration
from nightlatch.core.event_json import event_document
from nightlatch.core.events import Chained, EventType
from nightlatch.core.instants import parse_rfc3339, rfc3339
from nightlatch.ledger.port import LedgerReader
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import bench
from nightlatch_cli.options import DEFAULT_LEDGER, JsonlOption, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, print_jsonl, print_lines, say

LOOK_EVERY = 0.1
"""Seconds between two looks at the ledger, with --follow."""

_COMMON = 10
"""How many fields every event has; those after them are of its type."""


def events(
    follow: Annotated[bool, typer.Option("--follow", help="Go on, and print what comes.")] = False,
    type_: Annotated[
        list[str] | None,
        typer.Option("--type", metavar="TYPE", help="Only such events: session.expired, or session for all of them."),
    ] = None,
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Only from then on: 10m (ago), or 2026-08-01T10:00:00Z.")
    ] = "",
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
    jsonl: JsonlOption = False,
) -> None:
    """Print the audit trail, oldest first. With --follow, --json is what --jsonl is."""
    types = read_types(type_ or [])
    with bench(ledger) as at:
        first = at.reader.events(types=types, since=read_since(since, at.now))
        found = _growing(at.reader, iter(first), types) if follow else iter(first)
        if json and not jsonl and not follow:
            print_json([event_document(chained) for chained in found])
        elif json or jsonl:
            print_jsonl(event_document(chained) for chained in found)
        elif not print_lines(line_of(chained) for chained in found):
            say("no events")


def read_types(given: list[str]) -> tuple[EventType, ...]:
    """The event types that `given` names; `session` is every type that begins with `session.`.

    Raises:
        Failure: an unknown type (exit code 2).
    """
    return tuple(dict.fromkeys(type_ for name in given for type_ in _types(name)))


def _types(name: str) -> list[EventType]:
    found = [type_ for type_ in EventType if name in (type_, type_.partition(".")[0])]
    if not found:
        near = get_close_matches(name, EventType, 1)
        fail(
            ExitCode.USAGE,
            f"there is no event type `{name}`",
            f"did you mean {near[0]}?" if near else f"the types are {', '.join(EventType)}",
        )
    return found


def read_since(text: str, now: int) -> int | None:
    """The instant that `text` names: a duration before `now`, or a time of RFC 3339; None for all time.

    Raises:
        Failure: neither (exit code 2).
    """
    if not text:
        return None
    try:
        return parse_rfc3339(text) if text[:4].isdigit() and "-" in text else now - (parse_duration(text) or now)
    except ValueError as error:
        fail(ExitCode.USAGE, f"--since: {error}", "a duration such as 10m, or a time such as 2026-08-01T10:00:00Z")


def _growing(reader: LedgerReader, first: Iterator[Chained], types: tuple[EventType, ...]) -> Iterator[Chained]:
    """The events there are, and then for ever those that come."""
    last, version, found = reader.last_link(), None, first
    while True:
        for chained in found:
            last = max(last, chained.id)
            yield chained
        while version == (version := reader.version()):
            time.sleep(LOOK_EVERY)
        after, last = last, max(last, reader.last_link())
        found = iter(reader.events(after=after, types=types))


def line_of(chained: Chained) -> str:
    """An event on one line."""
    event, document = chained.event, event_document(chained)
    own = [f"{name}={_shown(value)}" for name, value in list(document.items())[_COMMON:] if value not in (None, "")]
    whose = [text for text in (event.session, event.subject) if text]
    return "  ".join([rfc3339(event.at), f"{event.type:<26}", " ".join([*whose, *own])]).rstrip()


def _shown(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
