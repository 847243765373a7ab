"""`nightlatch audit prune`: what is no longer to be kept goes now, and its space goes back to the disk."""

from typing import Annotated

import typer

from nightlatch.core.durations import parse_duration
from nightlatch.core.policy import Audit
from nightlatch.ledger.port import LedgerReader
from nightlatch.ledger.retention import apply_retention
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, say

KeepOption = Annotated[
    str, typer.Option("--keep", metavar="DURATION", help="How long events are kept, such as 400d; off: for ever.")
]
SessionsOption = Annotated[
    str,
    typer.Option(
        "--keep-sessions",
        metavar="DURATION",
        help="How long sessions are kept after their end (at least a day), and alerts; else as long as events.",
    ),
]
VacuumOption = Annotated[
    bool,
    typer.Option("--vacuum", help="Write the ledger anew: for one that an earlier version made. No guard may use it."),
]


def prune(
    keep: KeepOption,
    keep_sessions: SessionsOption = "",
    vacuum: VacuumOption = False,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Remove events, ended sessions and alerts that are older than that. What is left of the trail can still be
    verified, and a credential whose session has ended is still refused."""
    audit = Audit(_duration("--keep", keep), _duration("--keep-sessions", keep_sessions or keep))
    with bench(ledger) as at, writing(ledger) as writer:
        if vacuum:
            _refuse_beside_guards(at.reader)
        size = at.reader.space().bytes
        gone = apply_retention(at.reader, writer, audit, at.now, at.policy().version, reserve=False)
        if vacuum:
            writer.compact()
        given = size - at.reader.space().bytes
    if json:
        print_json({"removed": gone.events, "sessions": gone.sessions, "alerts": gone.alerts, "bytes": max(0, given)})
    else:
        say(f"{gone.events} events, {gone.sessions} sessions and {gone.alerts} alerts removed")


def _duration(option: str, text: str) -> int | None:
    try:
        return parse_duration(text)
    except ValueError as error:
        fail(ExitCode.USAGE, f"{option}: {error}")


def _refuse_beside_guards(reader: LedgerReader) -> None:
    """Nothing could be written meanwhile: a guard would refuse everybody."""
    running = next((guard for guard in reader.guards() if reader.runs(guard.pid)), None)
    if running is not None:
        fail(ExitCode.FINDING, f"the guard at {running.url} uses the ledger", "stop it first")
