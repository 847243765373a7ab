"""What a ledger must answer about one slot, a handful of credentials that several callers fight over, and about the
clock: the reference models of the ledger's port. Written from the port's words; shares no code with any ledger.

A slot begins empty. One of several attempts to create its session succeeds, and from then on that session is changed,
ended, and looked for. Knows nothing of processes or time: every instant is an argument.
"""

from collections.abc import Callable, Hashable, Iterable
from typing import Any, NamedTuple

from scripts.stress.history import UNHEARD

ANY = "any"
"""The answer of what may give anything, as far as this slot can tell."""


class Mark(NamedTuple):
    """A credential of the slot: whether it was replaced, and until when it is good."""

    fingerprint: str
    replaced_at: int | None = None
    grace_until: int | None = None


class Slot(NamedTuple):
    """Everything that a caller can see of the slot's session."""

    session: str = ""
    marks: tuple[Mark, ...] = ()
    active: int = 0
    gap: int = 0
    gap_from: int = 0
    again: int | None = None
    """When the person authenticated again."""
    end: tuple[int, str] | None = None

    @property
    def live(self) -> bool:
        return bool(self.session) and self.end is None

    def mark(self, fingerprint: str) -> Mark | None:
        return next((each for each in self.marks if each.fingerprint == fingerprint), None)


def slot(state: Slot, act: tuple[Any, ...], answer: Hashable) -> Iterable[Slot]:
    """The model of a slot: see `history.Model`."""
    after, given = _ACTS[act[0]](state, *act[1:])
    return [after] if given == ANY or answer in (given, UNHEARD) else []


def _create(state: Slot, session: str, fingerprint: str, at: int) -> tuple[Slot, Hashable]:
    if state.session:
        return state, False
    return Slot(session, (Mark(fingerprint),), at, 0, at), True


def _end(state: Slot, session: str, at: int, reason: str) -> tuple[Slot, Hashable]:
    if not state.live or state.session != session:
        return state, False
    return state._replace(end=(at, reason)), True


def _end_all(state: Slot, at: int, reason: str) -> tuple[Slot, Hashable]:
    """Of all slots at once: how many there were is not this slot's to tell."""
    return state._replace(end=(at, reason)) if state.live else state, ANY


def _rotate(state: Slot, session: str, old: str, new: str, at: int, grace: int) -> tuple[Slot, Hashable]:
    current = state.mark(old)
    if not state.live or state.session != session or current is None or current.replaced_at is not None:
        return state, False
    if state.mark(new) is not None:
        return state, False
    kept = tuple(Mark(old, at, grace) if each.fingerprint == old else each for each in state.marks)
    return state._replace(marks=(*kept, Mark(new))), True


def _reauthenticate(state: Slot, session: str, old: str, new: str, at: int, grace: int) -> tuple[Slot, Hashable]:
    if not state.live or state.session != session:
        return state, False
    done: Hashable = True
    after = state
    if old != new:
        after, done = _rotate(state, session, old, new, at, at + grace)
    if not done:
        return state, False
    return after._replace(again=at, active=max(after.active, at), gap=0, gap_from=at), True


def _touch(state: Slot, session: str, active: int, gap: int, gap_from: int) -> tuple[Slot, Hashable]:
    if not state.live or state.session != session:
        return state, None
    after = state._replace(active=max(state.active, active))
    wider = gap > state.gap or (gap == state.gap and gap_from < state.gap_from)
    forgotten = state.again is not None and gap_from < state.again
    return after._replace(gap=gap, gap_from=gap_from) if wider and not forgotten else after, None


def _find(state: Slot, fingerprint: str) -> tuple[Slot, Hashable]:
    mark = state.mark(fingerprint)
    return state, None if mark is None else (state._replace(marks=()), mark)


_ACTS: dict[str, Callable[..., tuple[Slot, Hashable]]] = {
    "create": _create,
    "end": _end,
    "end_all": _end_all,
    "rotate": _rotate,
    "reauthenticate": _reauthenticate,
    "touch": _touch,
    "find": _find,
}


class Clock(NamedTuple):
    """The clock: its segments since the last reset (wall time, and nightlatch's time from then on), and the wall time
    of that reset."""

    segments: tuple[tuple[int, int], ...] = ()
    reset_at: int = 0

    def at(self, wall: int) -> int:
        """The earliest time to which it may be moved at `wall`: never back behind what somebody else made of it."""
        since, told = self.segments[-1] if self.segments else (self.reset_at, self.reset_at)
        return told + max(0, wall - since)


def clock(state: Clock, act: tuple[Any, ...], answer: Hashable) -> Iterable[Clock]:
    """The model of the clock: it is moved forward, read, and reset."""
    after, given = _MOVES[act[0]](state, *act[1:])
    return [after] if given == ANY or answer in (given, UNHEARD) else []


def _warp(state: Clock, wall: int, warped: int) -> tuple[Clock, Hashable]:
    if warped < state.at(wall):
        return state, False
    return state._replace(segments=(*state.segments, (wall, warped))), True


def _read(state: Clock) -> tuple[Clock, Hashable]:
    return state, state.segments


def _reset(_: Clock, at: int) -> tuple[Clock, Hashable]:
    return Clock((), at), ANY


_MOVES: dict[str, Callable[..., tuple[Clock, Hashable]]] = {"warp": _warp, "read": _read, "reset": _reset}
