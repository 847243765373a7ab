"""Groups of commands that load a command when it is used, and say what was probably meant when there is no such one.

What Typer calls contexts has no public type, hence `Any`.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from nightlatch_cli.commands import COMMANDS, Entry, Family
from nightlatch_cli.completion import named
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.options import Command, lighten, prepare


class Lazy(TyperGroup):
    """A group that knows its commands by name only."""

    entries: Mapping[str, Entry | Family] = {}

    def list_commands(self, ctx: Any) -> list[str]:
        """The names, in the order of the table."""
        return list(self.entries)

    def get_command(self, ctx: Any, cmd_name: str) -> TyperCommand | TyperGroup | None:
        """The command itself, imported now; None when there is none of that name."""
        if cmd_name not in self.commands and cmd_name in self.entries:
            self.add_command(load(cmd_name, self.entries[cmd_name]))
        return self.commands.get(cmd_name)  # type: ignore[return-value] # only `load` adds to it

    def get_help_option(self, ctx: Any) -> Any:
        """`--help`, which Typer adds."""
        option = super().get_help_option(ctx)
        return option and lighten(option)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """The list in `--help`, from the table and so without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.short_help) for name, entry in self.entries.items()])

    def shell_complete(self, ctx: Any, incomplete: str) -> list[Any]:
        """What the word that is being typed may become: names from the table, or options."""
        if incomplete.startswith("-"):
            return list(super().shell_complete(ctx, incomplete))
        return named(incomplete, {name: entry.short_help for name, entry in self.entries.items()})

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """The command that the first of `args` names.

        Raises:
            Failure: there is none (exit code 2).
        """
        if args[0] not in self.entries:
            near = get_close_matches(args[0], self.entries, 1)
            hint = f"did you mean `{ctx.command_path} {near[0]}`?" if near else f"see `{ctx.command_path} --help`"
            fail(ExitCode.USAGE, f"there is no command `{ctx.command_path} {args[0]}`", hint)
        return args[0], self.get_command(ctx, args[0]), args[1:]


class FamilyGroup(Lazy):
    """Commands that belong together, one of which needs no name."""

    default: str

    def __init__(self, name: str, family: Family) -> None:
        super().__init__(name=name, short_help=family.short_help, help=family.short_help, rich_markup_mode=None)
        self.entries, self.default = family.entries, family.default

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Put the command's name first: `sessions --ledger x show ID` is what `sessions show ID --ledger x` is."""
        if "--help" in args[:1] or (ctx.resilient_parsing and not args):
            return super().parse_args(ctx, args)
        at = self._first_word(ctx, args)
        name = self.default if at is None else args[at]
        rest = args if at is None else args[:at] + args[at + 1 :]
        return super().parse_args(ctx, [name, *rest])

    def _first_word(self, ctx: Any, args: list[str]) -> int | None:
        """Where the first of `args` is that is neither an option nor an option's value."""
        taking = self._options_with_value(ctx) if args and args[0].startswith("-") else set()
        skip = False
        for at, word in enumerate(args):
            if not skip and not word.startswith("-"):
                return at
            skip = not skip and word in taking
        return None

    def _options_with_value(self, ctx: Any) -> set[str]:
        commands = (self.get_command(ctx, name) for name in self.entries)
        params: list[Any] = [param for command in commands if command is not None for param in command.params]
        return {name for param in params if not getattr(param, "is_flag", False) for name in param.opts}


class Root(Lazy):
    """`nightlatch` itself."""

    entries = COMMANDS

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        prepare(self.params)


def load(name: str, entry: Entry | Family) -> TyperCommand | TyperGroup:
    """The command `name`, imported."""
    if isinstance(entry, Family):
        return FamilyGroup(name, entry)
    module, _, function = entry.target.partition(":")
    single = typer.Typer(add_completion=False, rich_markup_mode=None)
    single.command(name, cls=Command, short_help=entry.short_help)(getattr(import_module(module), function))
    return typer.main.get_command(single)  # type: ignore[return-value] # what Typer promises is its private base
