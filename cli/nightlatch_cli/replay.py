"""`nightlatch replay`: what policies would have done to recorded traffic. Parses, calls the replay, prints."""

import gc
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from nightlatch.core.policy import Policy
from nightlatch.presets import load_policy, policy_path
from nightlatch.replay.decisions import decision
from nightlatch.replay.replaying import How, Replayed, Sink, run
from nightlatch.replay.simulate import Judged
from nightlatch.replay.suggest import as_toml, suggestions
from nightlatch.replay.sweep import DEFAULT
from nightlatch_cli import captured, replay_study
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import ColumnsOption, JsonOption
from nightlatch_cli.output import print_json, say
from nightlatch_cli.render_replay import show
from nightlatch_cli.replay_bulk import bulk_document
from nightlatch_cli.whole_files import whole, write_whole
from nightlatch_cli.written_files import Named, check_written

if TYPE_CHECKING:
    from nightlatch.replay.alerting import Alerting


_NO_BULK = "--bulk reads logs, no ledger: leave out --bulk"


class AfterExpiry(StrEnum):
    """What follows an expiry in a replay."""

    RELOGIN = "relogin"
    STRICT = "strict"


def replay(
    capture: Annotated[
        list[str],
        typer.Argument(
            metavar="CAPTURE…",
            help="HAR, mitmproxy flows, recordings, a ledger (its URL, too), logs, CSV, JSON lines, Parquet.",
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
        list[Path] | None,
        typer.Option(metavar="FILE", help="Also write a report: FILE.html, .json, .xml (JUnit), .sarif or .md."),
    ] = None,
    sweep: Annotated[
        list[str] | None,
        typer.Option(metavar="LIMIT=FROM..TO/STEP", help="Try a limit's values, such as idle=5m..60m/5m."),
    ] = None,
    fail_on: Annotated[
        list[str] | None,
        typer.Option(metavar="CONDITION", help="Exit with 1 on it, such as relogins>3/user-day or lost_writes>0."),
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Also write a line a request and policy.")
    ] = None,
    alerts: Annotated[
        bool, typer.Option("--alerts", help="Also tell what the detectors of each policy would have said.")
    ] = False,
    bulk: Annotated[
        bool, typer.Option("--bulk", help="Logs of any size by arrays: figures only. Needs nightlatch[bulk].")
    ] = False,
    json: JsonOption = False,
) -> None:
    """What a policy would have done to recorded traffic, as far as can be told from it."""
    places = captured.places(capture)
    key, told = captured.session_key(session_key), captured.columns_of(columns)
    asked = replay_study.asked(report or (), sweep or (), fail_on or (), compares=bool(against))
    policies = [load_policy(name) for name in (policy, *(against or ()))]
    replay_study.check_sweeps(asked.sweeps, policies[0])
    files = [place for place in places if isinstance(place, Path)]
    check_written(_written(asked, decisions), [*files, *map(policy_path, (policy, *(against or ())))])
    if bulk:
        _check_bulk(asked, decisions, alerts)
        figures = bulk_document(
            captured.files_of(places, _NO_BULK), policies, key, told, relogin=after_expiry is AfterExpiry.RELOGIN
        )
        for file, _ in asked.reports:
            write_whole(file, msgspec.json.format(msgspec.json.encode(figures)) + b"\n")
        print_json(figures) if json else show(figures)
        return
    with ExitStack() as opened:
        _without_collector(opened)
        alerting, more = _alerting(policies) if alerts else (None, frozenset[str]())
        times = captured.read_timeline(places, policies, key, told, more)
        written = None if decisions is None else _decisions(decisions, opened, several=len(capture) > 1)
        how = How(relogin=after_expiry is AfterExpiry.RELOGIN, sink=_both(written, alerting), observe=asked.observe)
        replayed = _with_notes(run(times, policies, captured.settle(key, times), **how))
        subject = replay_study.conclude(asked, replayed, policy) if asked.observe else None
    document = subject.document if subject and asked.study else replayed.document()
    if alerting is not None:
        document = {**document, "alerts": alerting.document()}
    print_json(document) if json else show(document, as_toml(suggestions(replayed.activity()), policies[0]))
    if subject is not None:
        replay_study.fail_if_forbidden(subject.study)


def _with_notes(replayed: Replayed) -> Replayed:
    """The same, once stderr has been told what has to be known of the figures."""
    for caveat in replayed.caveats():
        say(f"note: {caveat.message}")
    return replayed


def _written(asked: replay_study.Asked, decisions: Path | None) -> list[Named]:
    reports: list[Named] = [("--report", file) for file, _ in asked.reports]
    return reports if decisions is None else [*reports, ("--decisions", decisions)]


def _alerting(policies: Sequence[Policy]) -> tuple["Alerting", frozenset[str]]:
    """What collects alerts, and the header fields that it looks at; loaded for who wants them."""
    from nightlatch.replay.alerting import HEADERS, Alerting

    return Alerting(policies), HEADERS


def _both(one: Sink | None, other: Sink | None) -> Sink | None:
    """A sink for whoever wants the decisions."""
    sinks = [sink for sink in (one, other) if sink is not None]
    if not sinks:
        return None

    def each(judged: Judged, policy: Policy) -> None:
        for sink in sinks:
            sink(judged, policy)

    return each


def _check_bulk(asked: replay_study.Asked, decisions: Path | None, alerts: bool) -> None:
    more = [f"--report {file}" for file, _ in asked.reports if file.suffix.lower() != ".json"]
    more += [f"--decisions {decisions}"] if decisions is not None else []
    more += ["--alerts"] if alerts else []
    more += [f"--fail-on {each.text}" for each in asked.conditions]
    more += [f"--sweep {each.name}" for each in asked.sweeps if each != DEFAULT]
    if more:
        fail(ExitCode.USAGE, f"{more[0]}: --bulk gives figures only", "leave out --bulk")


def _without_collector(files: ExitStack) -> None:
    """A replay makes a great many small values and no cycles; looking for cycles would take a third of its time."""
    if gc.isenabled():
        gc.disable()
        files.callback(gc.enable)


def _decisions(path: Path, files: ExitStack, *, several: bool) -> Callable[[Judged, Policy], None]:
    out = files.enter_context(whole(path))

    def write(judged: Judged, policy: Policy) -> None:
        out.write(msgspec.json.encode(decision(judged, policy.name, file=several)) + b"\n")

    return write
