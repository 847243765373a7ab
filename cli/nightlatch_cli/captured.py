"""How commands come by recorded traffic: files in, one timeline and what tells sessions apart out. Talks on stderr."""

from collections.abc import Iterable, Sequence
from pathlib import Path

from nightlatch.core.policy import Policy
from nightlatch.ledger.address import ServerAddress, is_server
from nightlatch.replay.exchange import Capture, CaptureUnreadable
from nightlatch.replay.readers.columns import Columns, parse_columns
from nightlatch.replay.readers.sniff import NO_COLUMNS, read_capture
from nightlatch.replay.replaying import wanted_headers
from nightlatch.replay.session_key import SessionKey, carried, choose, found, parse_session_key
from nightlatch.replay.timeline import Timeline, timeline
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.output import say
from nightlatch_cli.render_progress import Progress, progress

HOW_TO_EXPORT = """\
browsers leave cookies out of an exported HAR unless asked:
  Chrome, Edge: DevTools > Settings > Preferences > Network > "Allow to generate HAR with sensitive data",
                then hold the download arrow of the Network panel and choose "Export HAR (with sensitive data)"
  Firefox:      Network panel > gear > "Save All As HAR" keeps them
or name a header that tells people apart, --session-key header:NAME; or take a capture of one browser for one person,
--session-key address"""

_SHOWN = 5

Place = Path | ServerAddress
"""Where a capture is: in a file, or in a ledger on a server."""


def places(given: Iterable[str]) -> list[Place]:
    """Where the captures are that stand on a command line.

    Raises:
        LedgerError: a URL that cannot be one of a ledger (exit code 6).
    """
    return [ServerAddress(text) if is_server(text) else Path(text) for text in given]


def files_of(found: Iterable[Place], why: str) -> list[Path]:
    """Those places, where only files will do.

    Raises:
        Failure: one is a ledger on a server (exit code 2); `why` tells what to give.
    """
    files = list[Path]()
    for place in found:
        if isinstance(place, ServerAddress):
            fail(ExitCode.USAGE, f"{place}: {why}")
        files.append(place)
    return files


def session_key(text: str) -> SessionKey | None:
    """What `--session-key` says; None for `auto`.

    Raises:
        Failure: no such key (exit code 2).
    """
    try:
        return parse_session_key(text)
    except ValueError as error:
        fail(ExitCode.USAGE, str(error))


def columns_of(text: str) -> Columns:
    """What `--columns` says.

    Raises:
        Failure: it cannot be read (exit code 2).
    """
    try:
        return parse_columns(text)
    except ValueError as error:
        fail(ExitCode.USAGE, str(error))


def read_timeline(
    files: Sequence[Place],
    policies: Sequence[Policy],
    key: SessionKey | None,
    columns: Columns = NO_COLUMNS,
    more: frozenset[str] = frozenset(),
) -> Timeline:
    """What `files` hold, as one timeline.

    Args:
        policies: what it will be judged by; tells which header fields have to be kept.
        key: what tells sessions apart, where it was named.
        columns: which column of a table says what, where its name does not tell.
        more: header fields that are kept besides.

    Raises:
        Failure: a file cannot be read (exit code 4), or there is no request in them (5).
    """
    headers = wanted_headers(policies, key) | more
    try:
        with progress() as told:
            times = timeline([_read(file, headers, columns, told) for file in files])
    except CaptureUnreadable as error:
        fail(ExitCode.INPUT, str(error))
    _tell_skipped(times)
    if not times.exchanges:
        fail(ExitCode.EMPTY, f"no requests in {', '.join(times.files)}", "record some traffic first")
    return times


def _read(file: Place, headers: Iterable[str], columns: Columns, told: Progress) -> Capture:
    name = file.name if isinstance(file, Path) else str(file)
    told(f"reading {name}", 0.0)
    capture = read_capture(file, headers, columns)
    told(f"reading {name}", 1.0)
    return capture


def _tell_skipped(times: Timeline) -> None:
    for skip in times.skipped[:_SHOWN]:
        say(f"skipped {skip.at}: {skip.why}")
    if len(times.skipped) > _SHOWN:
        say(f"skipped {len(times.skipped) - _SHOWN} more; --json lists them")


def settle(key: SessionKey | None, times: Timeline, *, needed: bool = True) -> SessionKey:
    """The session key that is used, told on stderr where nobody named it. Where none is `needed` and there is none,
    everything is taken for one person's.

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
    if choice is None and not needed:
        return SessionKey("address")
    if choice is None:
        fail(
            ExitCode.EMPTY, f"no request in {', '.join(times.files)} carries a cookie or a bearer token", HOW_TO_EXPORT
        )
    say(f"sessions by {choice.key}: {choice.why} (another: --session-key)")
    return choice.key


def _there(names: Sequence[str]) -> str:
    return f"there are {', '.join(names[:20])}" if names else HOW_TO_EXPORT
