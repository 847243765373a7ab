"""How a command ends: the exit codes, and failures that name the place and the remedy.

Knows no command. What a failure looks like is decided here once: two lines on stderr, no panel, no traceback.
"""

from enum import IntEnum
from typing import NoReturn

from nightlatch_cli.output import say


class ExitCode(IntEnum):
    """What the exit status of `nightlatch` tells a script."""

    OK = 0
    """Done, and nothing to object to."""
    FINDING = 1
    """A finding, an assertion that does not hold, or a refusal: no such session, a chain that was tampered with."""
    USAGE = 2
    """The command line cannot be read: unknown command or option, missing argument."""
    CONFIGURATION = 3
    """A policy, a preset's name or `nightlatch.toml` is invalid."""
    INPUT = 4
    """A file that was given cannot be read, or the output not be written."""
    EMPTY = 5
    """There is nothing to work on, such as a capture without cookies."""
    LEDGER = 6
    """The ledger cannot be used: missing, locked, damaged, not writable, from a newer version."""
    INTERRUPTED = 130
    """Ctrl-C."""


class Failure(Exception):
    """A command cannot do what was asked. `message` says what and where, `hint` what would help."""

    def __init__(self, code: ExitCode, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.hint = code, message, hint


def fail(code: ExitCode, message: str, hint: str = "") -> NoReturn:
    """End the command with `code`.

    Raises:
        Failure: always.
    """
    raise Failure(code, message, hint)


def report(failure: Failure) -> ExitCode:
    """Print `failure` on stderr; its code."""
    say(f"nightlatch: error: {failure.message}")
    if failure.hint:
        say(f"hint: {failure.hint}")
    return failure.code


def failure_of(error: Exception) -> Failure | None:
    """The failure that `error`, raised anywhere below a command, amounts to; None when it is a fault of nightlatch's
    own, whose traceback is worth more than two lines."""
    if isinstance(error, Failure):
        return error
    return _usage(error) or _domain(error)


def _usage(error: Exception) -> Failure | None:
    from typer import TyperException

    if not isinstance(error, TyperException):
        return None
    context = getattr(error, "ctx", None)
    near = getattr(error, "possibilities", None)
    message = error.message if near is not None else error.format_message().replace(": Value error, ", ": ", 1)
    hint = f"did you mean {' or '.join(near)}?" if near else context and f"see `{context.command_path} --help`"
    return Failure(ExitCode(error.exit_code), message[:1].lower() + message[1:].rstrip("."), hint or "")


def _domain(error: Exception) -> Failure | None:
    # Imported here: most commands end well and need none of it.
    from nightlatch.core.mistakes import PolicyInvalid
    from nightlatch.ledger.port import LedgerError, Overtaken
    from nightlatch.presets import PolicyNotFound, PolicyUnreadable

    match error:
        case Overtaken():
            return Failure(ExitCode.FINDING, str(error))
        case LedgerError():
            return Failure(ExitCode.LEDGER, str(error))
        case PolicyInvalid():
            return Failure(ExitCode.CONFIGURATION, f"the policy is invalid\n{error.render()}")
        case PolicyNotFound() | PolicyUnreadable():
            return Failure(ExitCode.CONFIGURATION, str(error))
        case OSError(filename=str(name), strerror=str(why)):
            return Failure(ExitCode.INPUT, f"{name}: {why}")
        case _:
            return None
