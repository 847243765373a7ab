"""What the shell offers when Tab is pressed (`nightlatch --install-completion`): commands, and the sessions that there
are, with whose they are. A ledger that cannot be read offers nothing: this is no place for errors.

What Typer calls contexts and completion items has no public type, hence `Any`.
"""

import os
from collections.abc import Mapping
from typing import Any

MOST = 50
"""How many sessions are offered, the newest."""


def named(incomplete: str, known: Mapping[str, str]) -> list[Any]:
    """The names of `known` that begin so, with what they mean."""
    from typer._click.shell_completion import CompletionItem  # Typer's own copy of Click is where it lives

    return [CompletionItem(name, help=text) for name, text in known.items() if name.startswith(incomplete)]


def live_sessions(ctx: Any, incomplete: str) -> list[tuple[str, str]]:
    """Ids of sessions that live, and whose they are."""
    return _sessions(ctx, incomplete, live=True)


def any_sessions(ctx: Any, incomplete: str) -> list[tuple[str, str]]:
    """Ids of sessions, those that ended too."""
    return _sessions(ctx, incomplete, live=False)


def _sessions(ctx: Any, incomplete: str, *, live: bool) -> list[tuple[str, str]]:
    from nightlatch.core.session import State
    from nightlatch.ledger.port import LedgerError
    from nightlatch_cli.ledger_access import reading

    try:
        with reading(_ledger(ctx)) as reader:
            found = [
                each
                for each in reader.sessions(state=State.ACTIVE if live else None, limit=1000)
                if each.id.startswith(incomplete)
            ]
    except (LedgerError, OSError):
        return []
    return [(each.id, f"{each.subject or 'someone'}, {each.state}") for each in found[:MOST]]


def _ledger(ctx: Any) -> str:
    """The ledger of the line that is being typed, else of the environment or `nightlatch.toml`, else the default."""
    from nightlatch_cli.config import load_config
    from nightlatch_cli.exits import Failure
    from nightlatch_cli.options import DEFAULT_LEDGER

    root = ctx.find_root()
    typed = next(
        (given for each in (ctx, root) if (given := each.params.get("ledger")) not in (None, DEFAULT_LEDGER)), ""
    )
    if typed or (typed := os.environ.get("NIGHTLATCH_LEDGER", "")):
        return str(typed)
    try:
        config = load_config(root.params.get("config"))
    except Failure:
        return DEFAULT_LEDGER
    kept = config.values.get("ledger")
    return config.from_here(kept) if isinstance(kept, str) else DEFAULT_LEDGER
