"""Whether a history of overlapping operations is linearizable: whether there is an order of them, each at one instant
between its call and its answer, in which one after the other would have given every answer (Herlihy and Wing, 1990).

The search is Wing and Gong's, with Lowe's memory of what was tried. Knows nothing of what the operations do: a model
says that, one step at a time.
"""

from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, NamedTuple

UNHEARD = "unheard"
"""The answer of an operation that was begun and whose outcome nobody heard: it may have happened, or not."""

FOREVER = 1 << 62
"""When such an operation was answered."""


class Operation(NamedTuple):
    """One call, with its answer. Times are of one monotonic clock that all callers share."""

    caller: str
    act: tuple[Any, ...]
    """What was asked for, and with what; hashable, as the model takes it."""
    answer: Hashable
    called_at: int
    answered_at: int


State = Any
Model = Callable[[Any, tuple[Any, ...], Hashable], Iterable[Any]]
"""`model(state, act, answer)`: the hashable states in which `act` may leave `state` if it gave `answer` there; none
where it could not have given it."""


class Broken(NamedTuple):
    """A history that no order explains: how far the longest attempt came, and what could not follow it."""

    placed: int
    state: State
    stuck: tuple[Operation, ...]


def check(history: Iterable[Operation], start: State, model: Model) -> Broken | None:
    """None when an order explains `history`, beginning at `start`."""
    calls = sorted(history, key=lambda each: (each.called_at, each.answered_at))
    must = sum(1 << place for place, each in enumerate(calls) if each.answered_at < FOREVER)
    first = (0, start)
    waiting, seen, furthest = [first], {first}, first
    while waiting:
        done, state = waiting.pop()
        if done & must == must:
            return None
        if done.bit_count() > furthest[0].bit_count():
            furthest = (done, state)
        for place in _next(calls, done):
            for after in model(state, calls[place].act, calls[place].answer):
                further = (done | 1 << place, after)
                if further not in seen:
                    seen.add(further)
                    waiting.append(further)
    done, state = furthest
    return Broken(done.bit_count(), state, tuple(calls[place] for place in _next(calls, done)))


def _next(calls: Sequence[Operation], done: int) -> list[int]:
    """What may come next: whatever was called before any other that is left was answered."""
    places: list[int] = []
    until = FOREVER + 1
    for place in range(_lowest_zero(done), len(calls)):
        if calls[place].called_at > until:
            break
        if not done >> place & 1:
            places.append(place)
            until = min(until, calls[place].answered_at)
    return places


def _lowest_zero(bits: int) -> int:
    return (~bits & (bits + 1)).bit_length() - 1
