"""What a failing assertion says, and when it may judge. Knows documents of the control API, no pytest."""

from collections.abc import Callable, Iterator, Mapping
from threading import Event
from time import monotonic
from typing import Any

from nightlatch.core.verdict import Clock
from nightlatch.testing.session_view import Session

PATIENCE = 3.0
"""Seconds of real time for the guard's sweeper, which looks four times a second, to end what has run out."""

STEP = Event()
"""Never set: waiting for it is how a moment passes."""


def settled(look: Callable[[], Session]) -> Session:
    """The session once the sweeper had its chance: one whose time has run out is written down as ended a moment later,
    or lives on because some rule of the policy is looser than `[session]`."""
    deadline = monotonic() + PATIENCE
    found = look()
    while found.active and _ran_out(found) and monotonic() < deadline:
        STEP.wait(0.05)
        found = look()
    return found


def _ran_out(session: Session) -> bool:
    return any(clock.remaining == 0 for clock in session.clocks.values())


def check_clock(name: str | None) -> None:
    """Refuse a clock that there is not: an expectation of it would never come true.

    Raises:
        ValueError: with those that there are.
    """
    if name is not None and name not in tuple(Clock):
        raise ValueError(f"there is no clock `{name}`; there are {', '.join(Clock)}")


def explained(document: Mapping[str, Any]) -> str:
    """An explanation as text: why, then the timeline; an asterisk marks what counted as activity."""
    return "\n".join((document["summary"], "", *_timeline(document["timeline"]), "", "* counted as activity"))


def _timeline(moments: list[Mapping[str, Any]]) -> Iterator[str]:
    from nightlatch.explain.timeline import document_line

    return (document_line(moment) for moment in moments)
