"""`nightlatch explain`: why a session ended, or a request was refused, in plain words and with the evidence."""

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from nightlatch.explain.document import explanation
from nightlatch.explain.evidence import Evidence, gather
from nightlatch.explain.reasons import why_decided, why_session
from nightlatch.explain.timeline import moment_line, timeline
from nightlatch.ledger.port import Decision
from nightlatch_cli.completion import any_sessions
from nightlatch_cli.ledger_access import Bench, bench
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, print_lines, tell
from nightlatch_cli.selection import find_session

_PATIENCE = 0.5
"""Seconds: twice as long as a guard takes to write its answers down."""


def explain(
    what: Annotated[
        str,
        typer.Argument(
            metavar="ID|DECISION",
            help="A session's id, or the `id` in a Nightlatch-Verdict header.",
            autocompletion=any_sessions,
        ),
    ],
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Explain a session (what counted as activity, which clock ran out, by how much), or one decision."""
    with bench(ledger) as at:
        decision = _decision(at, what.strip())
        evidence = _evidence(at, decision, what)
        policy = at.policy(evidence.session.site if evidence else None)
        summary = (
            *(why_decided(decision) if decision else ()),
            *(why_session(evidence, policy, at.now) if evidence else ()),
        )
        if json:
            print_json(explanation(summary, decision, evidence, policy, at.now))
        else:
            _print(evidence, summary)


def _decision(at: Bench, what: str) -> Decision | None:
    """The decision in question. A guard writes what it has answered a moment later, so whoever asks at once waits."""
    until = time.monotonic() + _PATIENCE
    while (decision := at.reader.decision(what)) is None and time.monotonic() < until:
        if at.reader.match(what.lower()) or not any(at.reader.runs(guard.pid) for guard in at.reader.guards()):
            break
        time.sleep(0.05)
    return decision


def _evidence(at: Bench, decision: Decision | None, what: str) -> Evidence | None:
    """The session in question; None for a decision about a request that belonged to none."""
    if decision is None:
        return gather(at.reader, find_session(at.reader, what, "session and no answer"))
    session = at.reader.session(decision.session) if decision.session else None
    return gather(at.reader, session) if session else None


def _print(evidence: Evidence | None, summary: Sequence[str]) -> None:
    for line in summary:
        tell(line)
    if evidence:
        tell("")
        print_lines(moment_line(moment) for moment in timeline(evidence))
        tell("\n* counted as activity")
