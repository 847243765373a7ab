"""The warp over HTTP: what `nightlatch clock` does. Every guard on the ledger sees it from its next request on."""

from collections.abc import Callable

from nightlatch.core.clock_json import clock_document
from nightlatch.core.durations import parse_duration
from nightlatch.core.events import EventType, Field
from nightlatch.core.warp import Segment, Warp
from nightlatch.ledger.port import LedgerWriter
from nightlatch.web.asking import Answer, Ask
from nightlatch.web.problems import Refusal

Move = Callable[[Warp, int], Segment | None]
"""What the clock is to do from a wall instant on, given the warp so far; None: it does so already."""


async def show(ask: Ask) -> Answer:
    """nightlatch's time, wall time, and how far they are apart."""
    return Answer(document(ask))


async def advance(ask: Ask) -> Answer:
    """Move time forward, for every session on the ledger."""
    try:
        by = parse_duration(ask.body.by)
    except ValueError as error:
        raise Refusal(400, f"by: {error}") from None
    if by is None:
        raise Refusal(400, 'by: "off" is no duration to advance by; POST /reset returns to wall time.')
    return await _move(ask, lambda warp, wall: warp.advance(wall, by), {"action": "advance", "by": by})


async def freeze(ask: Ask) -> Answer:
    """Let time stand still. It can still be advanced."""
    return await _move(ask, lambda warp, wall: None if warp.frozen else warp.freeze(wall), {"action": "freeze"})


async def resume(ask: Ask) -> Answer:
    """Let time go on from where it stands."""
    return await _move(ask, lambda warp, wall: warp.resume(wall) if warp.frozen else None, {"action": "resume"})


async def reset(ask: Ask) -> Answer:
    """Return to wall time. Time would go back for them, so this ends every session."""
    now, wall, _ = ask.control.clock()
    event = ask.control.event(EventType.CLOCK_WARPED, now, action="reset", actor=ask.by)
    ended = await ask.control.write(lambda writer: writer.reset(wall, event))
    return Answer({**document(ask), "ended": ended})


async def _move(ask: Ask, move: Move, detail: dict[str, Field]) -> Answer:
    _, wall, warp = ask.control.clock()
    segment = move(warp, wall)
    if segment is not None:
        event = ask.control.event(EventType.CLOCK_WARPED, segment.warped_at, None, **detail, actor=ask.by)
        moved: Segment = segment

        def warp_it(writer: LedgerWriter) -> None:
            writer.warp(moved, event)

        await ask.control.write(warp_it)
    return Answer(document(ask))


def document(ask: Ask) -> dict[str, object]:
    """The clock now, as the command line prints it."""
    now, wall, warp = ask.control.clock()
    return clock_document(now, wall, frozen=warp.frozen)
