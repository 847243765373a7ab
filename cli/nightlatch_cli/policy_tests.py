"""`nightlatch policy tests`: the edges of a policy as tests to take away."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from nightlatch import private_files
from nightlatch.presets import load_policy
from nightlatch.testing.boundaries import boundaries
from nightlatch.testing.boundary_files import needed, playwright_file, pytest_file
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.output import say, tell
from nightlatch_cli.policy_commands import PolicyArgument


class Format(StrEnum):
    """What runs the tests."""

    PYTEST = "pytest"
    PLAYWRIGHT = "playwright"


_WRITERS = {Format.PYTEST: pytest_file, Format.PLAYWRIGHT: playwright_file}
_WHERE = {Format.PYTEST: "nightlatch_options in the configuration of pytest", Format.PLAYWRIGHT: "of nightlatch run"}


def policy_tests(
    policy: PolicyArgument,
    format: Annotated[Format, typer.Option(help="What runs them.")] = Format.PYTEST,
    to: Annotated[
        Path | None, typer.Option("--to", metavar="FILE", help="Write them into this new file, not to stdout.")
    ] = None,
) -> None:
    """Write tests of a policy: each clock of each rule a second before its limit, at it, and a second after it."""
    found = load_policy(policy)
    edges, left = boundaries(found)
    for each in left:
        say(f"not tested: {each.rule or '[session]'}: {each.why}")
    if not edges:
        fail(ExitCode.EMPTY, f"policy {found.name} has no limit that could be tested")
    if more := needed(found, edges):
        say(f"the guard needs more options ({_WHERE[format]}): {' '.join(more)}")
    text = _WRITERS[format](found, edges, left)
    if to is None:
        tell(text.rstrip("\n"))
        return
    _write(to, text)
    say(f"{3 * len(edges)} tests of {found.name} are in {to}")


def _write(to: Path, text: str) -> None:
    """Write `text` into the new file `to`.

    Raises:
        Failure: there is one, or it cannot be made (exit code 3).
    """
    try:
        with private_files.create(to, fresh=True) as file:
            file.write(text.encode())
    except OSError as error:
        fail(ExitCode.CONFIGURATION, f"--to {to}: {error.strerror}", "name a new file")
