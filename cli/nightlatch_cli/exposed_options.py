"""Secrets on a command line: everybody on this machine can read it (`ps`, `/proc/PID/cmdline`) as long as the process
runs, so whoever gave one is told where it belongs.

What Typer calls contexts has no public type, hence `Any`.
"""

from collections.abc import Iterable
from typing import Any

from nightlatch.core.secret_options import SECRET_OPTIONS
from nightlatch_cli.config import long_name

SHOWN_ANYWAY = frozenset({"dev-second-factor"})
"""The dev login's own page tells it."""


def exposed(context: Any) -> list[str]:
    """The secret options that were given on the command line of the command that `context` is of, by long name."""
    names = {long_name(param): param.name for param in context.command.params}
    secret = SECRET_OPTIONS - SHOWN_ANYWAY
    if _holds_password(str(context.params.get("ledger", ""))):
        secret |= {"ledger"}
    return [name for name, parameter in names.items() if name in secret and _is_typed(context, parameter)]


def warning(names: Iterable[str]) -> str:
    """What to say of them; empty when there are none."""
    given = sorted(names)
    options = " and ".join(f"--{name}" for name in given)
    variables = " and ".join(f"NIGHTLATCH_{name.replace('-', '_').upper()}" for name in given)
    return options and (
        f"nightlatch: warning: everybody on this machine can read the value of {options} in the list of processes; "
        f"give it in the environment ({variables}) or in a nightlatch.toml that only you can read"
    )


def _holds_password(ledger: str) -> bool:
    # Imported here: `run --help` needs nothing of the ledger.
    from nightlatch.ledger.address import ServerAddress, ledger_at
    from nightlatch.ledger.port import LedgerError

    try:
        address = ledger_at(ledger)
    except LedgerError:
        return True  # misspelt, and so perhaps in a place that is not looked at
    return isinstance(address, ServerAddress) and bool(address.secrets)


def _is_typed(context: Any, parameter: str) -> bool:
    source = context.get_parameter_source(parameter)
    return source is not None and source.name == "COMMANDLINE"
