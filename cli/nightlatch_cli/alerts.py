"""`nightlatch alerts`: what the detectors found, as it is or as it comes."""

import time
from collections.abc import Iterator
from difflib import get_close_matches
from typing import Annotated

import typer

from nightlatch.core.alert import Alert
from nightlatch.core.alert_json import alert_document
from nightlatch.core.detect.table import RULES
from nightlatch.core.instants import rfc3339
from nightlatch.ledger.port import LedgerReader
from nightlatch_cli.events import LOOK_EVERY, read_since
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import bench
from nightlatch_cli.options import DEFAULT_LEDGER, JsonlOption, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, print_jsonl, print_lines, print_table, say

COLUMNS = ("id", "raised", "detector", "times", "then", "whose", "why")


def alerts(
    follow: Annotated[bool, typer.Option("--follow", help="Go on, and print what comes.")] = False,
    detector: Annotated[str, typer.Option(metavar="NAME", help="Only those of this detector.")] = "",
    since: Annotated[
        str, typer.Option(metavar="TIME", help="Only what was found from then on: 10m (ago), or 2026-08-01T10:00:00Z.")
    ] = "",
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
    jsonl: JsonlOption = False,
) -> None:
    """What the detectors found, oldest first. With --follow, --json is what --jsonl is."""
    name = read_detector(detector)
    with bench(ledger) as at:
        found = list(at.reader.alerts(detector=name, since=read_since(since, at.now)))
        if follow:
            _follow(at.reader, found, name, as_json=json or jsonl)
        elif json and not jsonl:
            print_json([alert_document(alert) for alert in found])
        elif jsonl:
            print_jsonl(alert_document(alert) for alert in found)
        elif found:
            print_table(COLUMNS, map(row_of, found))
        else:
            say("no alerts")


def read_detector(name: str) -> str | None:
    """The detector of that name; None for none.

    Raises:
        Failure: there is no such detector (exit code 2).
    """
    if name and name not in RULES:
        near = get_close_matches(name, RULES, 1)
        hint = f"did you mean {near[0]}?" if near else f"the detectors are {', '.join(RULES)}"
        fail(ExitCode.USAGE, f"there is no detector `{name}`", hint)
    return name or None


def row_of(alert: Alert) -> tuple[str, ...]:
    """An alert as the cells of a table."""
    whose = " ".join(part for part in (alert.session, alert.subject) if part) or alert.network
    return str(alert.id), rfc3339(alert.raised_at), alert.detector, str(alert.times), alert.then, whose, alert.why


def _follow(reader: LedgerReader, found: list[Alert], detector: str | None, *, as_json: bool) -> None:
    growing = _growing(reader, found, detector)
    if as_json:
        print_jsonl(alert_document(alert) for alert in growing)
    else:
        print_lines("  ".join(row_of(alert)) for alert in growing)


def _growing(reader: LedgerReader, found: list[Alert], detector: str | None) -> Iterator[Alert]:
    """The alerts there are, and then for ever those that are raised."""
    last = max((alert.id for alert in reader.alerts()), default=0) if not found else found[-1].id
    version = None
    while True:
        yield from found
        while version == (version := reader.version()):
            time.sleep(LOOK_EVERY)
        found = list(reader.alerts(after=last, detector=detector))
        last = found[-1].id if found else last
