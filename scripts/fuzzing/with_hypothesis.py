"""The engine of hypothesis: where there is no atheris, the same targets, with shrinking in place of coverage."""

import contextlib
from random import Random
from time import monotonic

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from hypothesis import strategies as st
from scripts.fuzzing.attempts import Fault, attempt, kept
from scripts.fuzzing.mutation import LONGEST, mutated
from scripts.fuzzing.table import target
from scripts.fuzzing.tally import Tally
from scripts.fuzzing.target import Broken


def run(name: str, runs: int, seconds: float, seed: int) -> Tally:
    """Try `runs` inputs on the target `name`, for at most so many seconds; ends with the first fault, made small."""
    tried, began, count = target(name), monotonic(), 0
    seeds = (*tried.seeds, *kept(name))
    found: list[Fault] = []
    mutants = st.integers(0, 2**32).map(lambda number: mutated(Random(number), seeds, tried.words))

    @seeded(seed)
    @settings(
        max_examples=runs,
        deadline=None,
        database=None,
        derandomize=False,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate, Phase.shrink),
    )
    @given(st.one_of(mutants, st.sampled_from(seeds), st.binary(max_size=LONGEST)))
    def one(content: bytes) -> None:
        nonlocal count
        if monotonic() - began > seconds:
            return
        count += 1
        fault = attempt(tried, content)
        if fault is not None:
            found[:] = [fault]
            raise Broken(fault.message)

    with contextlib.suppress(Broken):
        one()
    return Tally(name, "hypothesis", count, monotonic() - began, None, tuple(found))
