"""`nightlatch rerun`: captured requests sent again to a live target. Parses, sends, prints; exit 1 where it differs."""

import asyncio
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

from nightlatch.clock import wall_now
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.presented import Presenter
from nightlatch.replay.rerun.captured import sent_in
from nightlatch.replay.rerun.plan import Plan, planned
from nightlatch.replay.rerun.sending import Outcome, Pace
from nightlatch.replay.rerun.sending import rerun as send
from nightlatch_cli import captured
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, print_table, say
from nightlatch_cli.render_progress import progress
from nightlatch_cli.rerun_pace import in_time, warped

SCHEMA = "nightlatch.rerun/1"
_NO_LEDGER = "a ledger holds no requests that could be sent again: give a HAR or flow file (--ledger is for --warp)"


def rerun(
    capture: Annotated[list[str], typer.Argument(metavar="CAPTURE…", help="HAR or mitmproxy flow files.")],
    to: Annotated[str, typer.Option("--to", metavar="URL", help="The site that gets the requests.")],
    session: Annotated[str, typer.Option(metavar="ID", help="Only this session, as `--decisions` names it.")] = "",
    speed: Annotated[float, typer.Option(metavar="N", help="Gaps are divided by this.")] = 1.0,
    warp: Annotated[
        bool, typer.Option("--warp", help="Move the clock of the guard's ledger in place of waiting.")
    ] = False,
    writes: Annotated[bool, typer.Option("--writes", help="Send POST, PUT, DELETE and the like too.")] = False,
    header: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME:VALUE", help="A field that every request gets in place of its own."),
    ] = None,
    origin: Annotated[str, typer.Option(metavar="URL", help="Which site of the capture; else the busiest.")] = "",
    session_key: Annotated[str, typer.Option(metavar="KEY", help="What is a session, as for replay.")] = "auto",
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Send captured requests again, with their gaps, and compare status, location and cookies. No write unless told."""
    target, fields = _target(to), [_field(text) for text in header or ()]
    if speed <= 0:
        fail(ExitCode.USAGE, f"--speed {speed:g}: expected more than 0, such as 60")
    files = captured.files_of(captured.places(capture), _NO_LEDGER)
    plan = _plan(files, session_key, session=session, origin=origin.rstrip("/").lower(), writes=writes)
    with warped(ledger) if warp else in_time(speed) as pace:
        outcomes = asyncio.run(_outcomes(plan, target, pace, fields))
    document = _document(plan, target, outcomes)
    print_json(document) if json else _show(document)
    if document["different"]:
        raise typer.Exit(ExitCode.FINDING)


def _target(text: str) -> str:
    if "@" in text:
        fail(
            ExitCode.USAGE,
            "--to: no user or password has a place in it",
            "--header 'Authorization: Basic …' sends them",
        )
    url = urlsplit(text)
    if url.scheme not in ("http", "https") or not url.hostname or url.path.strip("/") or url.query:
        fail(ExitCode.USAGE, f"--to {text}: expected the URL of a site, such as http://localhost:8080")
    return f"{url.scheme}://{url.netloc}".lower()


def _field(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon or not name.strip() or not all(part.isprintable() for part in (name, value)):
        fail(ExitCode.USAGE, f"--header {name}: expected NAME:VALUE, such as 'Cookie: sid=…'")
    return name.strip(), value.strip()


def _plan(files: Sequence[Path], key: str, *, session: str, origin: str, writes: bool) -> Plan:
    wanted = captured.session_key(key)
    times = captured.read_timeline(files, [], wanted)
    try:
        sent = {place: each for file in files for place, each in sent_in(file).items()}
    except CaptureUnreadable as error:
        fail(ExitCode.INPUT, str(error))
    # Requests without credentials can be sent as well; nothing has to tell them apart.
    presented = Presenter(captured.settle(wanted, times, needed=bool(session)))
    plan = planned(times.exchanges, presented, sent, session=session, origin=origin, writes=writes)
    if not plan.steps:
        why = ", ".join(f"{count} {reason}" for reason, count in plan.held_back.items())
        fail(ExitCode.EMPTY, f"nothing to send ({why or 'no such session'})", "--writes, --session, --origin choose")
    return plan


async def _outcomes(plan: Plan, target: str, pace: Pace, fields: list[tuple[str, str]]) -> list[Outcome]:
    outcomes = []
    with progress() as told:
        async for outcome in send(plan, target, pace, wall_now, fields):
            outcomes.append(outcome)
            told("sending", len(outcomes) / len(plan.steps))
    return outcomes


def _document(plan: Plan, target: str, outcomes: list[Outcome]) -> dict[str, Any]:
    return {
        "schema": SCHEMA,
        "from": plan.origin,
        "to": target,
        "sent": len(outcomes),
        "different": sum(bool(outcome.differs) for outcome in outcomes),
        "held_back": dict(plan.held_back),
        "requests": list(map(_told, outcomes)),
    }


def _told(outcome: Outcome) -> dict[str, Any]:
    step = outcome.step
    return {
        "i": step.exchange.position,
        "after": round(step.at / 1_000_000, 3),
        "session": step.session or None,
        "method": step.exchange.request.method,
        "path": step.exchange.request.path,
        "status": outcome.status,
        "recorded_status": step.sent.answer.status,
        "differs": list(outcome.differs),
    }


def _show(document: dict[str, Any]) -> None:
    print_table(("after", "request", "was", "is", "different"), _rows(document["requests"]))
    held = ", ".join(f"{count} {reason}" for reason, count in document["held_back"].items())
    say(f"{document['sent']} sent, {document['different']} different" + (f"; held back: {held}" if held else ""))


def _rows(requests: list[dict[str, Any]]) -> Iterator[list[str]]:
    for told in requests:
        statuses = str(told["recorded_status"] or "-"), str(told["status"] or "-")
        yield [f"{told['after']:g} s", f"{told['method']} {told['path']}", *statuses, "; ".join(told["differs"])]
