"""`nightlatch audit review`: the regular review of a ledger on one page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from nightlatch.core.durations import parse_duration
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import Policy
from nightlatch.core.policy_toml import read_policy
from nightlatch.ledger.address import ledger_at
from nightlatch.ledger.port import LedgerReader
from nightlatch.presets import load_policy
from nightlatch.review.document import Document, Period, review, reviewed
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, say, tell
from nightlatch_cli.whole_files import write_whole

_FORMATS = (".html", ".md", ".json")

ReportOption = Annotated[
    list[Path] | None, typer.Option("--report", metavar="FILE", help="Write it there: .html, .md or .json; repeatable.")
]
DoneOption = Annotated[str, typer.Option("--done", metavar="NAME", help="Note in the trail that NAME did this review.")]


def audit_review(
    since: Annotated[str, typer.Option("--since", metavar="DURATION", help="How far back, or `off` for all.")] = "30d",
    report: ReportOption = None,
    done: DoneOption = "",
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Review the sessions of a time: policies in force, how sessions ended, what polls, alerts, what the policy's check
    finds, and what has changed since the last review. Exit code 1 when the trail is broken."""
    reports = _renderings(report or [])
    with bench(ledger) as at:
        period = Period(_since(since, at.now), at.now)
        policy = at.policy()
        document = review(
            at.reader, policy, period, _polling(ledger, policy), lambda version: _read(at.reader, version)
        )
        for file, render in reports:
            write_whole(file, render(document))
            say(f"written: {file}")
        if done:  # after the reports: what is said to have been reviewed can be shown
            _note(at, ledger, document, done, period)
    if json:
        print_json(document)
    elif not reports:
        tell(_markdown(document).decode().rstrip("\n"))
    if not document["trail"]["ok"]:
        raise typer.Exit(ExitCode.FINDING)


def _since(text: str, now: int) -> int | None:
    try:
        duration = parse_duration(text)
    except ValueError as error:
        fail(ExitCode.USAGE, f"--since: {error}")
    return None if duration is None else now - duration


def _renderings(files: list[Path]) -> list[tuple[Path, Any]]:
    """How each file is to be written.

    Raises:
        Failure: its name does not tell (exit code 2).
    """
    renderings = {".html": _page, ".md": _markdown, ".json": _json}
    for file in files:
        if file.suffix not in renderings:
            fail(
                ExitCode.USAGE,
                f"--report {file}: what it is to be is told by its ending",
                f"one of {', '.join(_FORMATS)}",
            )
    return [(file, renderings[file.suffix]) for file in files]


def _page(document: Document) -> bytes:
    from nightlatch.review.page import page  # jinja2 is needed for this only

    return page(document)


def _markdown(document: Document) -> bytes:
    from nightlatch.review.markdown import markdown

    return markdown(document).encode()


def _json(document: Document) -> bytes:
    import json

    return json.dumps(document, indent=2).encode() + b"\n"


def _polling(ledger: str, policy: Policy) -> Mapping[str, Any]:
    """What a replay of the decision log, which is bounded, says of polling."""
    from nightlatch.replay.polling import polling_of

    return polling_of(ledger_at(ledger), policy)


def _read(reader: LedgerReader, version: str) -> Policy | None:
    """A policy of the ledger by its version; None when it is not there, or is read otherwise now."""
    found = next((each for each in reader.policies() if each.version == version), None)
    try:
        return found and read_policy(found.text, name=found.name, floors=load_policy)
    except PolicyInvalid:
        return None


def _note(at: Bench, ledger: str, document: Document, by: str, period: Period) -> None:
    with writing(ledger) as writer:
        writer.record([reviewed(document, by, period, at.policy())])
    say(f"noted in the trail: {by} did this review")
