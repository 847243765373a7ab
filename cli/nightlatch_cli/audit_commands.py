"""`nightlatch audit`: the proof that the trail is whole, checkpoints of it, and its export."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from nightlatch.audit.checkpoint import Checkpoint, CheckpointInvalid, read_checkpoint, write_checkpoint
from nightlatch.audit.shapes import SHAPES
from nightlatch.core.events import Chained
from nightlatch.ledger.chain import Misfit, verify_chain
from nightlatch.ledger.checkpoints import against_chain
from nightlatch_cli.events import read_since, read_types
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import bench
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_json, print_jsonl, say, tell

KeyOption = Annotated[
    Path | None, typer.Option("--key", metavar="FILE", help="Sign it with this private key (PEM: Ed25519, EC or RSA).")
]
CheckpointOption = Annotated[
    list[Path] | None,
    typer.Option("--checkpoint", metavar="FILE", help="Also hold the trail against this checkpoint of it."),
]
PublicKeyOption = Annotated[
    Path | None, typer.Option("--public-key", metavar="FILE", help="The key (PEM) that verifies signed checkpoints.")
]
WithoutOption = Annotated[
    list[str] | None, typer.Option("--without", metavar="FIELD", help="Leave out network, agent or subject.")
]


def verify(
    checkpoint: CheckpointOption = None,
    public_key: PublicKeyOption = None,
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Verify the audit trail: every event fits the one before, none is missing. Exit code 1 names the first that does
    not fit."""
    kept = [_checkpoint(file, public_key) for file in checkpoint or ()]
    with bench(ledger) as at:
        misfit = verify_chain(at.reader) or _first(against_chain(at.reader, each.id, each.hash) for each in kept)
        base, last = at.reader.chain_base(), at.reader.last_link()
        newest = at.reader.link(last)
        document = {
            "ok": misfit is None,
            "events": last - base.id,
            "pruned": base.id,
            "hash": newest.hash if newest else base.hash,
            "misfit": misfit and misfit._asdict(),
        }
    if json:
        print_json(document)
    if misfit is not None:
        say(f"event {misfit.id} does not fit: {misfit.why}")
        raise typer.Exit(ExitCode.FINDING)
    if not json:
        pruned = f" (after {base.id} that were pruned)" if base.id else ""
        tell(f"{document['events']} events fit{pruned}; the newest is {last}, with the hash {document['hash']}")


def checkpoint(key: KeyOption = None, ledger: LedgerOption = DEFAULT_LEDGER) -> None:
    """Print a checkpoint of the trail, to be kept where the ledger is not. `audit verify --checkpoint` holds the trail
    against it later: who rewrites all of the chain, or cuts off its end, cannot rewrite that."""
    private = key.read_bytes() if key else None
    with bench(ledger) as at:
        misfit = verify_chain(at.reader)
        if misfit is not None:
            fail(ExitCode.FINDING, f"event {misfit.id} does not fit: {misfit.why}", "a checkpoint would vouch for it")
        link = at.reader.link(at.reader.last_link())
        if link is None:
            fail(ExitCode.EMPTY, "the trail has no events yet")
    try:
        tell(write_checkpoint(Checkpoint(link.id, link.hash, link.at), private))
    except CheckpointInvalid as invalid:
        fail(ExitCode.INPUT, f"{key}: {invalid}")


def export(
    format_: Annotated[str, typer.Option("--format", metavar="FORMAT", help="jsonl, ecs or ocsf.")] = "jsonl",
    type_: Annotated[list[str] | None, typer.Option("--type", metavar="TYPE", help="Only such events.")] = None,
    since: Annotated[str, typer.Option(metavar="TIME", help="Only from then on.")] = "",
    without: WithoutOption = None,
    ledger: LedgerOption = DEFAULT_LEDGER,
) -> None:
    """Export the trail, a JSON document a line: as nightlatch has it, in the Elastic Common Schema, or in OCSF."""
    if format_ not in SHAPES:
        fail(ExitCode.USAGE, f"--format `{format_}` is unknown", f"one of {', '.join(SHAPES)}")
    types = read_types(type_ or [])
    with bench(ledger) as at:
        events = at.reader.events(types=types, since=read_since(since, at.now))
        print_jsonl(map(SHAPES[format_], _bared(events, without or [])))


def _checkpoint(file: Path, public_key: Path | None) -> Checkpoint:
    try:
        return read_checkpoint(file.read_text("utf-8"), public_key.read_bytes() if public_key else None)
    except (CheckpointInvalid, UnicodeDecodeError) as invalid:
        fail(ExitCode.INPUT, f"{file}: {invalid}")


def _first(misfits: Iterable[Misfit | None]) -> Misfit | None:
    return next((misfit for misfit in misfits if misfit is not None), None)


def _bared(events: Iterable[Chained], without: list[str]) -> Iterator[Chained]:
    """`events` without the fields that are not to leave the house. Their hashes are still those of the whole."""
    empty: dict[str, Any] = {"network": "", "agent": "", "subject": None}
    unknown = [field for field in without if field not in empty]
    if unknown:
        fail(ExitCode.USAGE, f"--without `{unknown[0]}` is unknown", f"one of {', '.join(empty)}")
    blank = {field: empty[field] for field in without}
    return (chained._replace(event=chained.event._replace(**blank)) for chained in events)
