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
from nightlatch.replay.exchange import CaptureUnreadable
from nightlatch.replay.readers.sniff import read_capture
from nightlatch.replay.replaying import replay as judge
from nightlatch.replay.replaying import wanted_headers
from nightlatch.replay.session_key import SessionKey, carried, choose, found, parse_session_key
from nightlatch.replay.simulate import Judged
from nightlatch.replay.timeline import Timeline, timeline
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import JsonOption
from nightlatch_cli.output import print_json, say
from nightlatch_cli.render_replay import show

HOW_TO_EXPORT = """\
browsers leave cookies out of an exported HAR unless asked:
  Chrome, Edge: DevTools > Settings > Preferences > Network > "Allow to generate HAR with sensitive data",
                then hold the download arrow of the Network panel and choose "Export HAR (with sensitive data)"
  Firefox:      Network panel > gear > "Save All As HAR" keeps them
or name a header that tells people apart, --session-key header:NAME; or take a capture of one browser for one person,
--session-key address"""

_SHOWN = 5


class AfterExpiry(StrEnum):
    """What follows an expiry in a replay."""

    RELOGIN = "relogin"
    STRICT = "strict"


def replay(
    capture: Annotated[
        list[Path], typer.Argument(metavar="CAPTURE…", help="HAR files, mitmproxy flows, recordings of `run --record`.")
    ],
    policy: Annotated[str, typer.Option(metavar="P", help="A preset's name or the path of a policy file.")] = "default",
    against: Annotated[list[str] | None, typer.Option(metavar="Q", help="A further policy, to compare.")] = None,
    session_key: Annotated[
        str, typer.Option(metavar="KEY", help="What is a session: auto, cookie:NAME, header:NAME, bearer, address.")
    ] = "auto",
    after_expiry: Annotated[
        AfterExpiry, typer.Option(help="After an expiry the person logs in again at once, or never.")
    ] = AfterExpiry.RELOGIN,
    report: Annotated[
        list[Path] | None, typer.Option(metavar="FILE.json", help="Also write the document here.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(metavar="FILE.jsonl", help="Also write a line a request and policy.")
    ] = None,
    json: JsonOption = False,
) -> None:
    """What a policy would have done to recorded traffic, as far as can be told from it."""
    key = _key(session_key)
    _check_reports(report or [])
    policies = [load_policy(name) for name in (policy, *(against or ()))]
    with ExitStack() as files:
        _without_collector(files)
        times = _read(capture, policies, key)
        sink = None if decisions is None else _decisions(decisions, files, several=len(capture) > 1)
        document = judge(times, policies, _settle(key, times), relogin=after_expiry is AfterExpiry.RELOGIN, sink=sink)
    for file in report or ():
        file.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
    print_json(document) if json else show(document)


def _without_collector(files: ExitStack) -> None:
    """A replay makes a great many small values and no cycles; looking for cycles would take a third of its time."""
    if gc.isenabled():
        gc.disable()
        files.callback(gc.enable)


def _key(text: str) -> SessionKey | None:
    try:
        return parse_session_key(text)
    except ValueError as error:
        fail(ExitCode.USAGE, str(error))


def _check_reports(files: Sequence[Path]) -> None:
    for file in files:
        if file.suffix.lower() != ".json":
            fail(ExitCode.USAGE, f"--report {file}: only .json can be written", f"--report {file.with_suffix('.json')}")


def _read(files: Sequence[Path], policies: Sequence[Policy], key: SessionKey | None) -> Timeline:
    headers = wanted_headers(policies, key)
    try:
        times = timeline([read_capture(file, headers) for file in files])
    except CaptureUnreadable as error:
        fail(ExitCode.INPUT, str(error))
    _tell_skipped(times)
    if not times.exchanges:
        fail(ExitCode.EMPTY, f"no requests in {', '.join(times.files)}", "record some traffic first")
    return times


def _tell_skipped(times: Timeline) -> None:
    for skip in times.skipped[:_SHOWN]:
        say(f"skipped {skip.at}: {skip.why}")
    if len(times.skipped) > _SHOWN:
        say(f"skipped {len(times.skipped) - _SHOWN} more; --json lists them")


def _settle(key: SessionKey | None, times: Timeline) -> SessionKey:
    """The session key that is used, told on stderr where nobody named it.

    Raises:
        Failure: no request carries a credential (exit code 5).
    """
    foreign = [exchange for exchange in times.exchanges if exchange.recorded is None]
    if not foreign:
        say("sessions as the guard recorded them")
        return key or SessionKey("address")
    if key is not None:
        if not any(carried(key, exchange.request) for exchange in foreign):
            fail(ExitCode.EMPTY, f"no request carries {key}", _there([str(each.key) for each in found(foreign)]))
        return key
    choice = choose(foreign)
    if choice is None:
        fail(
            ExitCode.EMPTY, f"no request in {', '.join(times.files)} carries a cookie or a bearer token", HOW_TO_EXPORT
        )
    say(f"sessions by {choice.key}: {choice.why} (another: --session-key)")
    return choice.key


def _there(names: Sequence[str]) -> str:
    return f"there are {', '.join(names[:20])}" if names else HOW_TO_EXPORT


def _decisions(path: Path, files: ExitStack, *, several: bool) -> Callable[[Judged, Policy], None]:
    out = files.enter_context(path.open("wb"))

    def write(judged: Judged, policy: Policy) -> None:
        out.write(msgspec.json.encode(decision(judged, policy.name, file=several)) + b"\n")

    return write
