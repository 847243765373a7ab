"""The entry point of the command line: parse, dispatch, and end with an exit code that a script can rely on."""

import errno
import os
import sys
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import typer

from nightlatch_cli.exits import ExitCode, Failure, failure_of, report
from nightlatch_cli.groups import Root
from nightlatch_cli.options import lighten
from nightlatch_cli.output import forgiving, tell

GUIDE = """\
nightlatch ends sessions on time: a small proxy in front of your application
that you can watch, question and move through time.

  nightlatch demo                         see it work, with an application
  nightlatch run http://localhost:3000    guard your own application
                                          (--control 127.0.0.1:0: a dashboard)
  nightlatch login --user ada             a credential for curl:
                                          curl -H "$(nightlatch login)" …
  nightlatch sessions                     who is logged in, for how long still
  nightlatch clock advance 31m            what happens after half an hour, now
  nightlatch expire ID --when next-write  … or to one session, at a bad moment
  nightlatch explain ID                   why was I logged out?
  nightlatch policy check acme.toml       is my policy right, and what would a
                                          standard object to?
  nightlatch replay monday.har --policy strict
                                          what it would have done to traffic
  nightlatch audit verify                 has anybody changed the record?
  nightlatch doctor                       is everything in order?

With pytest: the fixture `nightlatch` does it all in a test.
`nightlatch --help` lists all commands, `nightlatch COMMAND --help` the options
of one."""


class Nightlatch(Root):
    """The root command, as a process: errors in two lines on stderr, exit codes of `ExitCode`."""

    def main(self, args: Any = None, prog_name: str | None = None, *rest: Any, **kwargs: Any) -> Any:
        """Parse and run.

        Raises:
            SystemExit: with the exit code. In the other mode the code, or what the command gave, is returned.
        """
        for param in self.params:
            lighten(param)  # also those that Typer added after the command was made: its completion
        run = partial(super().main, args, prog_name, *rest, **{**kwargs, "standalone_mode": False})
        if not kwargs.get("standalone_mode", True):
            return run()
        forgiving()
        try:
            code = run()
            sys.stdout.flush()
        except Exception as error:
            failure = _of_output(error) or failure_of(error)
            if failure is None:
                raise
            code = report(failure)
        sys.exit(code if isinstance(code, int) else ExitCode.OK)

    def invoke(self, ctx: Any) -> Any:
        """Run the command. A reader that went away (`| head`) has what it wanted: that is no error."""
        try:
            result = super().invoke(ctx)
            sys.stdout.flush()
        except BrokenPipeError:
            _write_no_more()
            raise typer.Exit(ExitCode.OK) from None
        return result


_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)


def _of_output(error: Exception) -> Failure | None:
    """The failure of writing to stdout that `error` is; it names no file, since none was opened."""
    if not isinstance(error, OSError) or error.filename is not None or error.errno not in _FULL:
        return None
    _write_no_more()
    why = f"the output cannot be written: {error.strerror}"
    return Failure(ExitCode.INPUT, why, "make room, or send it elsewhere")


def _write_no_more() -> None:
    """As Python's documentation has it: else the interpreter complains when it flushes at its end."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


app = typer.Typer(
    name="nightlatch",
    cls=Nightlatch,
    invoke_without_command=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    pretty_exceptions_show_locals=False,
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from nightlatch_cli.versions import version_of

        tell(f"nightlatch {version_of('nightlatch')}")
        raise typer.Exit


@app.callback()
def nightlatch(
    context: typer.Context,
    ledger: Annotated[
        str | None, typer.Option("--ledger", metavar="PATH|URL", help="The ledger; also taken after the command.")
    ] = None,
    config: Annotated[
        Path | None,
        typer.Option("--config", metavar="FILE", help="Options as TOML, in place of the nearest nightlatch.toml."),
    ] = None,
    version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_print_version, help="Print the version.")
    ] = False,
) -> None:
    """See, modify and test session timeouts."""
    if context.invoked_subcommand is None:
        tell(GUIDE)


def main() -> None:
    """The `nightlatch` script."""
    app(prog_name="nightlatch")
