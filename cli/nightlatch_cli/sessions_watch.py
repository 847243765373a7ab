"""`nightlatch sessions watch`: the live sessions in the terminal, their clocks shrinking as one looks."""

import sys
import time
from collections.abc import Iterator
from typing import Annotated, NamedTuple

import typer

from nightlatch.clock import WarpedClock
from nightlatch.core.clock_json import clock_document
from nightlatch.core.durations import format_duration
from nightlatch.core.policy import SECOND
from nightlatch.core.printable import printable
from nightlatch.core.session import Session, State
from nightlatch.core.session_json import session_document
from nightlatch.explain.phrases import why_ended
from nightlatch.ledger.port import LedgerReader
from nightlatch_cli.exits import ExitCode, fail
from nightlatch_cli.ledger_access import Bench, bench
from nightlatch_cli.options import DEFAULT_LEDGER, JsonlOption, LedgerOption
from nightlatch_cli.output import on_terminal, print_jsonl

LOOK_EVERY = 0.5
"""Seconds between two looks."""
LATELY = 10
"""How many of those that ended are shown below the live ones."""


class ClockLeft(NamedTuple):
    """One clock: its name, what is left of it (0 to 1), and that in words."""

    name: str
    share: float
    left: str


class Line(NamedTuple):
    """One session as it is shown; `why` only where it has ended."""

    id: str
    subject: str
    origin: str
    state: str
    clocks: tuple[ClockLeft, ...]
    active: str
    why: str = ""


class Picture(NamedTuple):
    """What is shown at one instant."""

    title: str
    lines: tuple[Line, ...]
    more: int
    """How many live sessions there was no room for."""


def watch(
    limit: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="How many at most. [what fits on the screen]")
    ] = None,
    ledger: LedgerOption = DEFAULT_LEDGER,
    jsonl: JsonlOption = False,
) -> None:
    """Watch the live sessions until Ctrl-C: those that end first on top, and why the last ones ended. With --jsonl a
    document whenever something changes."""
    with bench(ledger) as at:
        if jsonl:
            print_jsonl(_documents(at))
            return
        if not on_terminal():
            fail(ExitCode.USAGE, "there is no terminal to draw on", "--jsonl for programs, or `nightlatch sessions`")
        from nightlatch_cli.render_watch import show

        show(_pictures(at, limit), LOOK_EVERY)


def _pictures(at: Bench, limit: int | None) -> Iterator[Picture]:
    from shutil import get_terminal_size

    while True:
        at.refresh()
        yield picture(at, limit or max(1, (get_terminal_size().lines - LATELY - 6) // 2))
        time.sleep(LOOK_EVERY)


def _documents(at: Bench) -> Iterator[dict[str, object]]:
    """The clock and the live sessions, now and after every change of the ledger."""
    version = None
    while True:
        at.refresh()
        sessions = at.reader.sessions(state=State.ACTIVE)
        now, wall, warp = WarpedClock(at.reader).read()
        live = [session_document(session, at.policy(session.site), at.now) for session in sessions]
        yield {"clock": clock_document(now, wall, frozen=warp.frozen), "sessions": live}
        sys.stdout.flush()
        while version == (version := at.reader.version()):
            time.sleep(LOOK_EVERY)


def picture(at: Bench, limit: int) -> Picture:
    """What there is to see at `at.now`: the live sessions that end first, then those that ended last."""
    live = at.reader.sessions(state=State.ACTIVE)
    soonest = sorted(((_first_deadline(at, session), session) for session in live), key=lambda each: each[0])
    shown = [_line(at, session) for _, session in soonest[:limit]]
    over = [*_lately(at.reader, State.EXPIRED), *_lately(at.reader, State.ENDED)]
    over.sort(key=lambda session: session.end.at if session.end else 0, reverse=True)
    lines = (*shown, *(_line(at, session) for session in over[:LATELY]))
    return Picture(_title(at, len(live)), lines, max(0, len(live) - limit))


def _lately(reader: LedgerReader, state: State) -> list[Session]:
    return list(reader.sessions(state=state, limit=LATELY))


def _first_deadline(at: Bench, session: Session) -> str:
    clocks = session_document(session, at.policy(session.site), at.now)["clocks"].values()
    return min((str(clock["deadline"]) for clock in clocks), default="9999")


def _title(at: Bench, live: int) -> str:
    now, wall, warp = WarpedClock(at.reader).read()
    document = clock_document(now, wall, frozen=warp.frozen)
    offset = now - wall
    apart = f", {format_duration(abs(offset))} {'ahead' if offset > 0 else 'behind'}" if abs(offset) >= SECOND else ""
    return f"{live} live at {document['now'][11:19]}{apart}{', frozen' if warp.frozen else ''}"


def _line(at: Bench, session: Session) -> Line:
    document = session_document(session, at.policy(session.site), at.now)
    active = f"{format_duration(max(0, at.now - session.last_active_at))} ago"
    clocks = tuple(
        ClockLeft(name, clock["remaining"] / clock["limit"], format_duration(clock["remaining"] * SECOND))
        for name, clock in sorted(document["clocks"].items(), reverse=True)
    )
    origin = " ".join(filter(None, (session.agent, session.network)))
    why = "" if session.end is None else why_ended(session.end)
    subject = printable(session.subject or "someone", keep="")
    origin = printable(origin, keep="")
    return Line(session.id, subject, origin, str(session.state), () if why else clocks, active, why)
