"""The command `demo`: puts application, guard and visitor together, and takes them apart again."""

import asyncio
import shutil
import signal
import sys
import tempfile
from pathlib import Path
from typing import Annotated

import typer

from nightlatch.core.words import describe
from nightlatch.presets import load_policy
from nightlatch_cli.demo import application, tour
from nightlatch_cli.demo.guard import GuardFailed, Running, guarded
from nightlatch_cli.demo.visitor import Visitor
from nightlatch_cli.demo.walk import Operator, Walk

USERS = ("ada:admins", "bob")
POLICY = "demo"


def demo(
    context: typer.Context,
    walk: Annotated[
        bool, typer.Option("--tour", help="A scripted visitor lives through every timeout, in seconds.")
    ] = False,
) -> None:
    """A small application with the guard in front, until Ctrl-C."""
    root = context.find_root().command

    def operator(arguments: list[str]) -> object:
        return root.main(arguments, prog_name="nightlatch", standalone_mode=False)

    with tempfile.TemporaryDirectory(prefix="nightlatch-demo-") as directory:
        ledger = Path(directory) / "ledger.db"
        try:
            code = asyncio.run(scripted(operator, ledger) if walk else until_interrupted(ledger))
        except GuardFailed as failure:
            typer.echo(f"demo: {failure}", err=True)
            code = 1
    raise typer.Exit(code)


async def scripted(operator: Operator, ledger: Path) -> int:
    """The tour; 1 when anything came otherwise than it should."""
    server, upstream = application.serve()
    with (ledger.parent / "guard.log").open("w+b") as log:
        async with guarded(upstream, policy=tour.POLICY, users=USERS, ledger=ledger, log=log) as guard:
            telling = Walk(operator, str(ledger))
            typer.echo(
                f"{guard.url} guards {upstream} with the policy `{tour.POLICY}`: idle 30 minutes, absolute 8 hours"
            )
            await tour.tour(telling, Visitor(guard.url))
        server.stop()
        if not telling.differences:
            typer.echo("\nEverything as expected.")
            return 0
        log.seek(0)
        typer.echo(
            f"\n{len(telling.differences)} not as expected. The guard said:\n{log.read().decode(errors='replace')}"
        )
        return 1


async def until_interrupted(ledger: Path) -> int:
    """Application and guard, until Ctrl-C or SIGTERM, or until the guard ends by itself."""
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    server, upstream = application.serve()
    async with guarded(upstream, policy=POLICY, users=USERS, ledger=ledger) as guard:
        typer.echo(greeting(guard, upstream, ledger))
        ended = asyncio.ensure_future(guard.process.wait())
        asked = asyncio.ensure_future(stopped.wait())
        await asyncio.wait({ended, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
    server.stop()
    return 0 if stopped.is_set() else 1


def program_name() -> str:
    """What to type for this very program in another terminal: its path, where its name would not be found."""
    beside = Path(sys.executable).with_name("nightlatch")
    if shutil.which("nightlatch"):
        return "nightlatch"
    return str(beside) if beside.exists() else f"{sys.executable} -m nightlatch_cli"


def greeting(guard: Running, upstream: str, ledger: Path) -> str:
    """What is running, the policy in words, and what to try."""
    program = program_name()
    words = "\n            ".join(describe(load_policy(POLICY)))
    return f"""
  Open      {guard.url}
  Dashboard {guard.dashboard}
  Guarded   {upstream} (nothing stops you there: it is the bare application)
  People    ada (group admins), bob; no password
  Policy    {words}

  Try       log in, look around, leave it alone for a minute
            open {guard.url}/poll and see that a poll does not keep you in
  Or, in another terminal:
            export NIGHTLATCH_LEDGER={ledger}
            {program} sessions watch
            {program} clock advance 61s
            {program} events --follow

  Ctrl-C ends it and leaves nothing behind.
"""
