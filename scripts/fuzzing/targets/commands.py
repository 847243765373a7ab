"""The commands that are given foreign files, from the arguments to the exit code: no file gives anybody a traceback."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

from scripts.fuzzing.folders import fresh
from scripts.fuzzing.target import Target, Targets, holds
from scripts.fuzzing.targets import captures, flows, importers, policies
from typer.testing import CliRunner

from nightlatch_cli.app import app
from nightlatch_cli.exits import ExitCode


@cache
def _folder() -> Path:
    """A folder of its own, without anybody's `nightlatch.toml`."""
    for name in [name for name in os.environ if name.startswith("NIGHTLATCH_")]:
        del os.environ[name]
    return fresh()


def _given(*command: str, file: str, more: tuple[str, ...] = ()) -> Callable[[bytes], None]:
    def run(content: bytes) -> None:
        path = _folder() / file
        path.write_bytes(content)
        done = CliRunner().invoke(app, [*command, str(path), *more], prog_name="nightlatch")
        if done.exception is not None and not isinstance(done.exception, SystemExit):
            raise done.exception
        holds(done.exit_code in set(ExitCode), f"exit code {done.exit_code}")
        holds("Traceback" not in done.output, "a traceback")
        if done.exit_code not in (ExitCode.OK, ExitCode.FINDING):
            holds("nightlatch: error: " in done.output, "no sentence says why")

    return run


_DECISIONS = ("--decisions", str(_folder() / "decisions.jsonl"), "--report", str(_folder() / "report.html"))
_CAPTURES = (*captures.TARGETS["any"].seeds, *flows.TARGETS["file"].seeds[:6])
TARGETS: Targets = {
    "replay": Target(
        _given("replay", file="capture", more=_DECISIONS), _CAPTURES, captures.TARGETS["any"].words, 0.02, False
    ),
    "replay-bulk": Target(
        _given("replay", file="log", more=("--bulk", "--json")),
        captures.TARGETS["bulk"].seeds,
        (b",", b"\n"),
        0.01,
        False,
    ),
    "policy-check": Target(
        _given("policy", "check", file="p.toml", more=("--standard", "pci-dss-4")),
        policies.TARGETS["policy"].seeds,
        policies.TARGETS["policy"].words,
        0.02,
        False,
    ),
    "policy-import": Target(
        _given("policy", "import", file="settings"),
        importers.TARGETS["any"].seeds,
        importers.TARGETS["any"].words,
        0.02,
        False,
    ),
}
