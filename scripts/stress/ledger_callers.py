"""Several processes that call one ledger at once, at random, and write down when each call began and what it gave.

Two keep the ledger open, as guards do; two open it for every call, as commands do. All of them fight over the same slot
at a time; now and then somebody comes back to an earlier one, to see that an end is for ever.
"""

import multiprocessing
import random
import time
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from multiprocessing.sharedctypes import Synchronized
from threading import Barrier
from typing import Any, NamedTuple

from scripts.stress.history import Operation
from scripts.stress.ledger_calls import RESET, carry_out
from scripts.stress.opened import reading, writing

from nightlatch.ledger.port import LedgerError, LedgerReader, LedgerWriter

CALLS_A_SLOT, SLOTS_BACK = 60, 20
"""How many calls there are, about, before everybody goes on to the next slot; and how far back they come."""
PATIENCE = 60.0
"""Seconds for which the first process waits for the last one to be there."""

WEIGHTS = {
    "find": 400,
    "touch": 160,
    "rotate": 160,
    "reauthenticate": 100,
    "create": 150,
    "end": 40,
    "read": 20,
    "warp": 15,
    "end_all": 3,
    RESET: 1,
}


class Caller(NamedTuple):
    """One process: its name, what it begins its dice with, and whether it keeps the ledger open."""

    ledger: str
    name: str
    seed: int
    keeps_open: bool
    calls: int
    """How many all processes make together."""


Called = tuple[int, Operation]
"""The slot that was meant, and the call."""


def at_once(ledger: str, seed: int, calls: int) -> tuple[list[Called], int]:
    """Let four processes loose on `ledger`; everything that they did, and how many calls the ledger could not take."""
    kinds = (("guard-1", True), ("guard-2", True), ("command-1", False), ("command-2", False))
    callers = [Caller(ledger, name, seed * 10 + place, keeps, calls) for place, (name, keeps) in enumerate(kinds)]
    with writing(ledger):
        pass  # it is there, and need not be made by four at once
    context = multiprocessing.get_context("spawn")
    shared = (context.Barrier(len(callers)), context.Value("q"))
    with ProcessPoolExecutor(len(callers), context, _meet, shared) as processes:
        done = list(processes.map(call_at_random, callers))
    return [each for calls, _ in done for each in calls], sum(refused for _, refused in done)


def call_at_random(caller: Caller) -> tuple[list[Called], int]:
    """One process's part."""
    dice, called, seen, refused = random.Random(caller.seed), list[Called](), dict[int, str](), 0
    with ExitStack() as kept:
        pair = _opened(caller, kept) if caller.keeps_open else None
        while (number := _number()) < caller.calls:
            slot = number // CALLS_A_SLOT - (dice.randrange(SLOTS_BACK) if dice.random() < 0.1 else 0)
            slot = max(0, slot)
            try:
                called.append(_called(caller, dice, slot, len(called), seen, pair))
            except LedgerError:
                refused += 1
    return called, refused


_made = multiprocessing.Value("q")
"""How many calls all processes have begun."""


def _meet(meeting: Barrier, made: "Synchronized[int]") -> None:
    """In a new process: wait for the others, and count with them."""
    global _made
    _made = made
    meeting.wait(PATIENCE)


def _number() -> int:
    """The number of the next call."""
    with _made.get_lock():
        number = int(_made.value)
        _made.value = number + 1
    return number


def _opened(caller: Caller, kept: ExitStack) -> tuple[LedgerReader, LedgerWriter]:
    writer = kept.enter_context(writing(caller.ledger))
    return kept.enter_context(reading(caller.ledger)), writer


def _called(
    caller: Caller,
    dice: random.Random,
    slot: int,
    count: int,
    seen: dict[int, str],
    pair: tuple[LedgerReader, LedgerWriter] | None,
) -> Called:
    """One call on a slot. `seen`: the sessions of slots, as far as this process has seen them."""
    act = compose(dice, slot, caller.name, count, seen.get(slot))
    if act[0] == "create" and act[1] in seen.values():
        act = ("find", act[2])  # a session's id is given once
    called_at = time.monotonic_ns()
    with ExitStack() as kept:
        answer = carry_out(*(pair or _opened(caller, kept)), slot, act)
        answered_at = time.monotonic_ns()
    if act[0] == "create" and answer:
        seen[slot] = act[1]
    elif act[0] == "find" and isinstance(answer, tuple):
        seen[slot] = answer[0].session
    return slot, Operation(caller.name, act, answer, called_at, answered_at)


def compose(dice: random.Random, slot: int, name: str, count: int, session: str | None = None) -> tuple[Any, ...]:
    """A random act: the sessions and credentials of a slot are few, so that callers meet. `session`: the slot's, if it
    is known; without it a guess."""
    kind = dice.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
    whose = session or f"{slot}.{dice.choice(('guard-1', 'guard-2', 'command-1', 'command-2'))}"
    at = 1_700_000_000_000_000 + dice.randrange(60) * 1_000_000
    old, new = (f"{slot}/{dice.randrange(4)}" for _ in range(2))
    wall = 1_700_000_000_000_000 + count * 1_000_000
    acts: dict[str, tuple[Any, ...]] = {
        "create": (f"{slot}.{name}", f"{slot}/0", at),
        "end": (whose, at, f"{name} {count}"),
        "end_all": (at, f"all {name} {count}"),
        "rotate": (whose, old, new, at, at + dice.randrange(3)),
        "reauthenticate": (whose, old, dice.choice((old, new)), at, dice.randrange(3)),
        "touch": (whose, at, dice.randrange(4), at - dice.randrange(4)),
        "find": (old,),
        "warp": (wall, wall + dice.randrange(20) * 1_000_000),
        "read": (),
        RESET: (at,),
    }
    return (kind, *acts[kind])
