"""The engine that needs nothing: mutations of what is known, the same for the same seed."""

from random import Random
from time import monotonic

from scripts.fuzzing.attempts import Fault, attempt, kept, smaller
from scripts.fuzzing.mutation import mutated
from scripts.fuzzing.table import target
from scripts.fuzzing.tally import Tally

_SOME = 4


def known(name: str) -> Tally:
    """Try some of what the target `name` begins with, and all that once broke it."""
    tried, began = target(name), monotonic()
    seeds = (*tried.seeds[:: 1 + len(tried.seeds) // _SOME], *kept(name))
    found: dict[tuple[str, str], Fault] = {}
    for content in seeds:
        _note(found, attempt(tried, content))
    return Tally(name, "corpus", len(seeds), monotonic() - began, None, tuple(found.values()))


def run(name: str, runs: int, seconds: float, seed: int) -> Tally:
    """Try `runs` inputs on the target `name`, for at most so many seconds."""
    tried, random, began = target(name), Random(f"{name} {seed}"), monotonic()
    seeds = (*tried.seeds, *kept(name))
    found: dict[tuple[str, str], Fault] = {}
    count = 0
    for content in seeds:
        count += 1
        _note(found, attempt(tried, content))
    while count < runs and monotonic() - began < seconds:
        count += 1
        _note(found, attempt(tried, mutated(random, seeds, tried.words)))
    faults = tuple(smaller(tried, fault) for fault in found.values())
    return Tally(name, "mutation", count, monotonic() - began, None, faults)


def _note(found: dict[tuple[str, str], Fault], fault: Fault | None) -> None:
    if fault is not None:
        found.setdefault((fault.kind, fault.where), fault)
