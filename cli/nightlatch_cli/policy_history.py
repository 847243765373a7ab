"""`nightlatch policy history` and `rollback`: who brought which policy into force when, and bringing an earlier one
back on every guard of the ledger that was started with the same one."""

import getpass
import time
from typing import Annotated, Any

import typer

from nightlatch.clock import monotonic_now
from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.instants import rfc3339
from nightlatch.core.mistakes import PolicyInvalid
from nightlatch.core.policy import SECOND, Policy
from nightlatch.core.policy_diff import Difference, differences
from nightlatch.ledger.policies_port import PolicyChange
from nightlatch.ledger.port import Guard, LedgerReader
from nightlatch.presets import policy_source, read_as
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import on_terminal, print_json, print_table, say, tell

PATIENCE = 10 * SECOND
"""Microseconds that running guards have for taking the policy over; they look ten times a second."""

PolicyOption = Annotated[
    str, typer.Option("--policy", metavar="P", help="The preset or file that guards were started with, if several.")
]
VersionArgument = Annotated[
    str, typer.Argument(metavar="[VERSION]", help="Which one, or how it begins; without: the one before.")
]
DryOption = Annotated[bool, typer.Option("--dry-run", help="Only tell what would change.")]


def history(policy: PolicyOption = "", ledger: LedgerOption = DEFAULT_LEDGER, json: JsonOption = False) -> None:
    """Show every change of policy, the newest first: when, by whom, how, and which version came into force."""
    with bench(ledger) as at:
        source = policy_source(policy) if policy else None
        changes = at.reader.policy_changes(source)
        current = {each.source: at.reader.policy_in_force(each.source) for each in changes}
        documents = [_document(at.reader, each, current[each.source]) for each in changes]
    if json:
        print_json(documents)
    elif not documents:
        say("no policy has come into force on this ledger yet")
    else:
        _print_history(documents)


def rollback(
    version: VersionArgument = "",
    policy: PolicyOption = "",
    dry_run: DryOption = False,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Bring an earlier version into force, on every guard of the ledger that was started with the same policy. The file
    is left as it is, and holds again once it is changed."""
    with bench(ledger) as at:
        source = _source(at.reader, policy)
        last, target = _wanted(at.reader, source, version)
        before, after = _read(at.reader, source, last), _read(at.reader, source, target)
        changes = differences(before, after) if before and after else ()
        _show(changes, last, target)
        if not dry_run:
            _bring(at, ledger, last, target, after)
        taken, waiting = ((), ()) if dry_run else _taken(at.reader, source, target.version)
    if json:
        print_json(_outcome(last, target, changes, taken, waiting))
    elif not dry_run:
        _tell(last, target, taken, waiting)
    if waiting:
        raise typer.Exit(ExitCode.FINDING)


def _print_history(documents: list[dict[str, Any]]) -> None:
    """On a terminal a table a policy, below where it is: a path in a column of its own would be broken."""
    columns = ("when", "policy", "version", "how", "by", "")
    if not on_terminal():
        print_table(columns, [_row(each) for each in documents])
        return
    for source in dict.fromkeys(each["source"] for each in documents):
        tell(source)
        rows = [_row(each) for each in documents if each["source"] == source]
        print_table((columns[0], *columns[2:]), [(row[0], *row[2:]) for row in rows])


def _source(reader: LedgerReader, asked: str) -> str:
    known = list(dict.fromkeys(each.source for each in reader.policy_changes()))
    if asked and policy_source(asked) in known:
        return policy_source(asked)
    if not known:
        fail(ExitCode.EMPTY, "no policy has come into force on this ledger yet")
    if asked or len(known) > 1:
        fail(ExitCode.USAGE, f"say which policy: {', '.join(f'--policy {each}' for each in known)}")
    return known[0]


def _wanted(reader: LedgerReader, source: str, version: str) -> tuple[PolicyChange, PolicyChange]:
    """What is in force, and what is to take its place."""
    changes = reader.policy_changes(source)
    last = changes[0]
    if version:
        found = [each for each in changes if each.version.startswith(version)]
        if len({each.version for each in found}) > 1:
            fail(ExitCode.USAGE, f"several versions begin with {version}", "give more of it")
    else:
        found = [each for each in changes if each.version != last.version]
    if not found:
        what = f"no version {version}" if version else "no earlier version"
        fail(ExitCode.FINDING, f"there is {what} of {source}", "see nightlatch policy history")
    if found[0].version == last.version:
        fail(ExitCode.FINDING, f"{last.version} is in force already")
    return last, found[0]


def _read(reader: LedgerReader, source: str, change: PolicyChange) -> Policy | None:
    text = reader.policy_text(change.name, change.version)
    try:
        return None if text is None else read_as(text, source)
    except PolicyInvalid:
        return None


def _bring(at: Bench, ledger: str, last: PolicyChange, target: PolicyChange, after: Policy | None) -> None:
    """Record it: every guard follows the ledger."""
    if after is None:
        fail(ExitCode.CONFIGURATION, f"version {target.version} cannot come into force with this nightlatch any more")
    actor = getpass.getuser()
    change = PolicyChange(
        target.source, target.name, target.version, at.now, actor, "rollback", last.version, last.given
    )
    detail: dict[str, Field] = {"name": change.name, "actor": actor, "how": "rollback", "previous": last.version}
    event = Event(EventType.POLICY_LOADED, at.now, policy=change.version, detail=detail)
    with writing(ledger) as writer:
        writer.change_policy(change, after.text, event)


def _taken(reader: LedgerReader, source: str, version: str) -> tuple[tuple[Guard, ...], tuple[Guard, ...]]:
    """The running guards that have it in force now, and those that have not within `PATIENCE`."""
    deadline = monotonic_now() + PATIENCE
    while True:
        guards = [each for each in reader.guards() if each.source == source and reader.runs(each.pid)]
        waiting = tuple(each for each in guards if each.version != version)
        if not waiting or monotonic_now() > deadline:
            return tuple(each for each in guards if each.version == version), waiting
        time.sleep(0.05)


def _show(changes: tuple[Difference, ...], last: PolicyChange, target: PolicyChange) -> None:
    say(f"{last.name} {last.version} → {target.name} {target.version}")
    for each in changes:
        say(f"  {each.at}: {each.before or '-'} → {each.after or '-'} ({each.change})")


def _tell(last: PolicyChange, target: PolicyChange, taken: tuple[Guard, ...], waiting: tuple[Guard, ...]) -> None:
    for each in taken:
        tell(f"{target.version} is in force at {each.url}")
    for each in waiting:
        tell(f"{each.url} has not taken it: see `nightlatch events --type policy.rejected`, `nightlatch doctor`")
    if not taken and not waiting:
        tell(f"{target.version} will be in force as soon as a guard is started")
    if target.version != last.given:
        say(f"{target.source} still holds {last.given}: change it, or send the guard SIGHUP, and it holds again")


def _outcome(
    last: PolicyChange,
    target: PolicyChange,
    changes: tuple[Difference, ...],
    taken: tuple[Guard, ...],
    waiting: tuple[Guard, ...],
) -> dict[str, Any]:
    return {
        "source": target.source,
        "version": target.version,
        "previous": last.version,
        "given": last.given,
        "differences": [each._asdict() for each in changes],
        "guards": [each.url for each in taken],
        "waiting": [each.url for each in waiting],
    }


def _document(reader: LedgerReader, change: PolicyChange, current: PolicyChange | None) -> dict[str, Any]:
    return {
        "at": rfc3339(change.changed_at),
        "source": change.source,
        "name": change.name,
        "version": change.version,
        "how": change.how,
        "by": change.actor,
        "previous": change.previous,
        "file": change.given,
        "in_force": current is not None and current.id == change.id,
        "text": reader.policy_text(change.name, change.version),
    }


def _row(document: dict[str, Any]) -> tuple[str, ...]:
    at, state = document["at"].replace("T", " ").partition(".")[0].rstrip("Z"), ""
    if document["in_force"]:
        state = "in force" if document["file"] == document["version"] else f"in force, in place of {document['file']}"
    return at, document["source"], document["version"], document["how"], document["by"], state
