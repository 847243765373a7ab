"""Options that several commands share, and the class of every command: it gives each option its variable in the
environment and its default from `nightlatch.toml`, so that no command has to think of either.

A value is taken from the command line, else from the environment, else from `nightlatch.toml`, else is the default.
"""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Annotated, Any, get_args

import typer
from typer import TyperException
from typer.core import TyperCommand

from nightlatch_cli.config import Config, load_config, long_name
from nightlatch_cli.exits import ExitCode, fail

DEFAULT_LEDGER = ".nightlatch/ledger.db"

LedgerOption = Annotated[
    str,
    typer.Option(
        "--ledger", metavar="PATH|URL", help="The ledger: the file in which sessions are kept, or postgresql://…"
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
JsonlOption = Annotated[bool, typer.Option("--jsonl", help="Print a JSON document a line (comes before --json).")]
ColumnsOption = Annotated[
    str,
    typer.Option(metavar="session=C,at=C…", help="Which column of a log or table tells what, where its name does not."),
]

_WITHOUT_VARIABLE = {"version", "help", "install_completion", "show_completion"}
"""Not settings; `NIGHTLATCH_VERSION` is what somebody's build script may well be using."""


def prepare(params: list[Any]) -> None:
    """Let each of a command's options be set by `NIGHTLATCH_` and its long name: `NIGHTLATCH_DEV_USER`."""
    for param in params:
        lighten(param)
        if param.param_type_name == "option" and param.name not in _WITHOUT_VARIABLE and not param.envvar:
            param.envvar = "NIGHTLATCH_" + long_name(param).upper().replace("-", "_")
            param.show_envvar = True


def lighten(param: Any) -> Any:
    """`param`, with values that need no pydantic handled without it: it takes longer to load than a short command
    takes. These are defaults, texts, paths, lists of them, flags and plain numbers."""
    if "process_value" not in vars(param):
        param.process_value = partial(_processed, param, param.process_value)
    return param


def _processed(param: Any, process: Callable[[Any, Any], Any], context: Any, value: Any) -> Any:
    if value is param.default and not param.required:
        return value if param.callback is None else param.callback(context, param, value)
    described = getattr(param, "type_descriptor", None)
    if param.callback is None and described is not None:
        made = _made(param, described.annotation, value)
        if made is not None and not described.parameter_info.exists:
            return made
    return process(context, value)


def _made(param: Any, wanted: Any, value: Any) -> Any:
    """`value` as it is `wanted`; None where that takes more than a look at it."""
    if wanted in (list[str], list[Path]) and isinstance(value, list | tuple) and value:
        made = [_made(param, get_args(wanted)[0], each) for each in value]
        return made if None not in made else None
    if wanted is bool and isinstance(value, bool):
        return value
    if not isinstance(value, str):
        return None
    if wanted in (str, Path):
        return wanted(value)
    plain = wanted is int and value.isascii() and value.isdigit() and not param.min and param.max is None
    return int(value) if plain else None


class Command(TyperCommand):
    """A command. What Typer calls contexts and parameters has no public type, hence `Any`."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prepare(self.params)

    def get_help_option(self, ctx: Any) -> Any:
        """`--help`, which Typer adds."""
        option = super().get_help_option(ctx)
        return option and lighten(option)

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """The command line `args` as values, with `nightlatch.toml` behind the environment."""
        if parent is None or "--help" in args or extra.get("resilient_parsing"):  # the last: Tab was pressed
            return super().make_context(info_name, args, parent, **extra)
        root = parent.find_root()
        config = load_config(root.params.get("config"))
        values = config.defaults([param for param in self.params if param.param_type_name == "option"])
        try:
            given = [*_said_before(root, self.params), *args]
            return super().make_context(info_name, given, parent, default_map=values, **extra)
        except TyperException as error:
            _blame(error, config)
            raise


def _said_before(root: Any, params: list[Any]) -> list[str]:
    """`--ledger PATH` as it stood before the command, for a command that has such an option: put first, so that one
    that comes after the command wins."""
    said = root.get_parameter_source("ledger")
    if said is None or said.name != "COMMANDLINE" or not any(param.name == "ledger" for param in params):
        return []
    return ["--ledger", str(root.params["ledger"])]


def _blame(error: TyperException, config: Config) -> None:
    """Where the value that `error` objects to came from `nightlatch.toml`, say so."""
    context, param = getattr(error, "ctx", None), getattr(error, "param", None)
    if context is None or param is None:
        return
    source = context.get_parameter_source(param.name)
    if source is not None and source.name == "DEFAULT_MAP":
        fail(ExitCode.CONFIGURATION, f"{config.place(long_name(param))}: {error.message}")
