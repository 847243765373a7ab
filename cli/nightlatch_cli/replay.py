"""`nightlatch replay`: what policies would have done to recorded traffic. Parses, calls the replay, prints."""

import gc
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from nightlatch.core.policy import Policy
from nightlatch.presets import load_policy
from nightlatch.replay.decisions import decision
from nightlatch.replay.replaying import replay as judge
from nightlatch.replay.simulate import Judged
from nightlatch_cli import captured
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import ColumnsOption, JsonOption
from nightlatch_cli.output import print_json
from nightlatch_cli.render_replay import show
from nightlatch_cli.replay_bulk import bulk_document


class AfterExpiry(StrEnum):
    """What follows an expiry in a replay."""

    RELOGIN = "relogin"
    STRICT = "strict"


def replay(
    capture: Annotated[
        list[Path],
        typer.Argument(
            metavar="CAPTURE…", help="HAR, mitmproxy flows, recordings, a ledger, logs, CSV, JSON lines, Parquet."
        ),
    ],
    policy: Annotated[str, typer.Option(metavar="P", help="A preset's name or the path of a policy file.")] = "default",
    against: Annotated[list[str] | None, typer.Option(metavar="Q", help="A further policy, to compare.")] = None,
    session_key: Annotated[
        str,
        typer.Option(metavar="KEY", help="What is a session: auto, cookie:NAME, header:NAME, bearer, column, address."),
    ] = "auto",
    columns: ColumnsOption = "",
    after_expiry: Annotated[
        AfterExpiry, typer.Option(help="After an expiry the person logs in again at once, or never.")
    ] = AfterExpiry.RELOGIN,
    report: Annotated[
        list[Path] | None, typer.Option(metavar="FILE.json", help="Also write the document here.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Also write a line a request and policy.")
    ] = None,
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Logs of any size by arrays: figures only. Needs nightlatch[bulk].")
    ] = False,
    json: JsonOption = False,
) -> None:
    """What a policy would have done to recorded traffic, as far as can be told from it."""
    key, told = captured.session_key(session_key), captured.columns_of(columns)
    _check_reports(report or [])
    policies = [load_policy(name) for name in (policy, *(against or ()))]
    if bulk:
        _check_bulk(decisions)
        document = bulk_document(capture, policies, key, told, relogin=after_expiry is AfterExpiry.RELOGIN)
        _finish(document, report or (), json=json)
        return
    with ExitStack() as files:
        _without_collector(files)
        times = captured.read_timeline(capture, policies, key, told)
        sink = None if decisions is None else _decisions(decisions, files, several=len(capture) > 1)
        document = judge(
            times, policies, captured.settle(key, times), relogin=after_expiry is AfterExpiry.RELOGIN, sink=sink
        )
    _finish(document, report or (), json=json)


def _finish(document: dict[str, object], reports: Sequence[Path], *, json: bool) -> None:
    for file in reports:
        file.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
    print_json(document) if json else show(document)


def _check_bulk(decisions: Path | None) -> None:
    if decisions is not None:
        fail(ExitCode.USAGE, f"--decisions {decisions}: --bulk gives figures only", "leave out --bulk")


def _without_collector(files: ExitStack) -> None:
    """A replay makes a great many small values and no cycles; looking for cycles would take a third of its time."""
    if gc.isenabled():
        gc.disable()
        files.callback(gc.enable)


def _check_reports(files: Sequence[Path]) -> None:
    for file in files:
        if file.suffix.lower() != ".json":
            fail(ExitCode.USAGE, f"--report {file}: only .json can be written", f"--report {file.with_suffix('.json')}")


def _decisions(path: Path, files: ExitStack, *, several: bool) -> Callable[[Judged, Policy], None]:
    out = files.enter_context(path.open("wb"))

    def write(judged: Judged, policy: Policy) -> None:
        out.write(msgspec.json.encode(decision(judged, policy.name, file=several)) + b"\n")

    return write
