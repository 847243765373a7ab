"""`nightlatch clock`: the warp. Every guard on the ledger sees it from its very next request on."""

from collections.abc import Callable
from typing import Annotated

import typer

from nightlatch.clock import WarpedClock, wall_now
from nightlatch.core.clock_json import clock_document
from nightlatch.core.durations import format_duration, parse_duration
from nightlatch.core.events import Event, EventType, Field
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.port import LedgerReader
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench, writing
from nightlatch_cli.options import DEFAULT_LEDGER, JsonOption, LedgerOption
from nightlatch_cli.output import print_facts, print_json, say

Move = Callable[[Warp, int], Segment | None]
"""What the clock is to do from a wall instant on, given the warp so far; None: it does so already."""


def show(ledger: LedgerOption = DEFAULT_LEDGER, json: JsonOption = False) -> None:
    """Show wall time, nightlatch's time, and how far they are apart."""
    with bench(ledger) as at:
        _print(at.reader, json)


def advance(
    by: Annotated[str, typer.Argument(metavar="DURATION", help="How far: 90s, 31m, 8h, 1h30m.")],
    ledger: LedgerOption = DEFAULT_LEDGER,
    json: JsonOption = False,
) -> None:
    """Move time forward, for every session on the ledger. Going back needs `clock reset`."""
    amount = read_amount(by)
    _move(ledger, json, lambda warp, wall: warp.advance(wall, amount), {"action": "advance", "by": amount})


def freeze(ledger: LedgerOption = DEFAULT_LEDGER, json: JsonOption = False) -> None:
    """Let time stand still. It can still be advanced."""
    _move(ledger, json, lambda warp, wall: None if warp.frozen else warp.freeze(wall), {"action": "freeze"})


def resume(ledger: LedgerOption = DEFAULT_LEDGER, json: JsonOption = False) -> None:
    """Let time go on from where it stands."""
    _move(ledger, json, lambda warp, wall: warp.resume(wall) if warp.frozen else None, {"action": "resume"})


def reset(ledger: LedgerOption = DEFAULT_LEDGER, json: JsonOption = False) -> None:
    """Return to wall time. Since time would go back for them, this ends every session."""
    with bench(ledger) as at, writing(ledger) as writer:
        count = writer.reset(wall_now(), _event(at, at.now, {"action": "reset"}))
        say(f"{count} session{'' if count == 1 else 's'} ended")
        _print(at.reader, json, ended=count)


def read_amount(text: str) -> int:
    """How far to go, microseconds.

    Raises:
        Failure: no duration (exit code 2).
    """
    if text and set(text) <= set("0PTdhmsDHMS") and "0" in text:
        fail(ExitCode.USAGE, f'"{text}" moves nothing', "advance by 90s, 31m, 8h, 1h30m")
    try:
        amount = parse_duration(text)
    except ValueError as error:
        fail(ExitCode.USAGE, str(error), "going back needs `nightlatch clock reset`" if text.startswith("-") else "")
    if amount is None:
        fail(ExitCode.USAGE, f'"{text}" is no duration to advance by', "to return to wall time: nightlatch clock reset")
    return amount


def _move(ledger: str, json: bool, move: Move, detail: dict[str, Field]) -> None:
    with bench(ledger) as at:
        _, wall, warp = WarpedClock(at.reader).read()
        segment = move(warp, wall)
        if segment is None:
            say(f"time {'stands still' if warp.frozen else 'is running'} already")
        else:
            with writing(ledger) as writer:
                writer.warp(segment, _event(at, segment.warped_at, detail))
        _print(at.reader, json)


def _event(at: Bench, instant: int, detail: dict[str, Field]) -> Event:
    return Event(EventType.CLOCK_WARPED, instant, policy=at.policy().version, detail=detail)


def _print(reader: LedgerReader, json: bool, **more: int) -> None:
    now, wall, warp = WarpedClock(reader).read()
    document = clock_document(now, wall, frozen=warp.frozen)
    if json:
        print_json({**document, **more})
        return
    offset = now - wall
    apart = f"{format_duration(abs(offset))} {'ahead' if offset > 0 else 'behind'}" if offset else "none"
    print_facts(
        (
            ("wall", document["wall"]),
            ("nightlatch", document["now"] + (" (frozen)" if warp.frozen else "")),
            ("offset", apart),
        )
    )
