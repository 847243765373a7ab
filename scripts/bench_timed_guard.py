"""`nightlatch` with a stopwatch round its gate: the first argument is where to write what it took, microseconds.

Timed inside the running proxy, since a loop of its own would find every cache warm and be several times too fast.
"""

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from nightlatch.proxy.addon import Nightlatch
from nightlatch_cli.app import main

HOOKS = ("requestheaders", "request", "responseheaders", "response")


def timed(hook: Callable[..., Any], took: list[int]) -> Callable[..., Any]:
    def called(self: Nightlatch, flow: object) -> Any:
        begun = perf_counter_ns()
        result = hook(self, flow)
        took.append(perf_counter_ns() - begun)
        return result

    return called


def run(target: Path) -> None:
    """Run the guard; every hook's median is written when it ends."""
    taken: dict[str, list[int]] = {hook: [] for hook in HOOKS}
    for hook, took in taken.items():
        setattr(Nightlatch, hook, timed(getattr(Nightlatch, hook), took))
    try:
        main()
    finally:
        medians = {hook: statistics.median(took) / 1000 if took else 0.0 for hook, took in taken.items()}
        target.write_text(json.dumps(medians))


if __name__ == "__main__":
    run(Path(sys.argv.pop(1)))
