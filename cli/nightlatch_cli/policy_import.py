"""`nightlatch policy import`: another system's session settings as a policy, with notes on what differs."""

from pathlib import Path
from typing import Annotated

import typer

from nightlatch.core.policy_toml import read_policy
from nightlatch.importers.draft import ImportFailed, render
from nightlatch.importers.systems import SYSTEMS, import_settings
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import JsonOption
from nightlatch_cli.output import print_json, say, tell

_MOST_BYTES = 16 << 20

FileArgument = Annotated[Path, typer.Argument(metavar="FILE", help="The other system's configuration file.")]
FromOption = Annotated[
    str | None,
    typer.Option("--from", metavar="SYSTEM", help=f"Whose it is, if not told by itself: {', '.join(SYSTEMS)}."),
]
NameOption = Annotated[str | None, typer.Option("--name", metavar="NAME", help="What to call the policy.")]


def import_policy(
    file: FileArgument, system: FromOption = None, name: NameOption = None, json: JsonOption = False
) -> None:
    """Turn another system's session settings into a policy that behaves as they do. The policy goes to stdout; what
    behaves otherwise than its name says is told as notes, in it and on stderr."""
    if system is not None and system not in SYSTEMS:
        fail(ExitCode.USAGE, f"--from `{system}` is unknown", f"one of {', '.join(SYSTEMS)}")
    try:
        draft = import_settings(_text(file), system)
    except ImportFailed as failed:
        fail(ExitCode.INPUT, f"{file}: {failed}")
    called = name or f"{file.stem.strip() or draft.system}-imported"
    text = render(draft, called)
    read_policy(text, name=called, file=f"what was imported from {file}")
    if json:
        print_json({"system": draft.system, "notes": draft.notes, "text": text})
        return
    for note in draft.notes:
        say(f"note: {note}")
    tell(text.rstrip("\n"))


def _text(file: Path) -> str:
    if file.is_dir():
        fail(ExitCode.INPUT, f"{file}: a directory; name the file in it")
    if file.stat().st_size > _MOST_BYTES:
        fail(ExitCode.INPUT, f"{file}: larger than 16 MiB, which no settings are")
    try:
        return file.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        fail(ExitCode.INPUT, f"{file}: not UTF-8 text")
