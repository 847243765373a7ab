"""`nightlatch` with a stopwatch in it: the first argument is where to write what its steps took, microseconds.

Timed inside the running proxy, since a loop of its own would find every cache warm and be several times too fast. One
thing is timed at a time, and another one after every few requests: so no step is charged for the stopwatch of a step
inside it, and a machine that gets slower meanwhile slows all of them.
"""

import json
import statistics
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter_ns
from typing import Any

from nightlatch.clock import WarpedClock
from nightlatch.ledger.behind import WriteBehind
from nightlatch.ledger.gate_questions import GateQuestions
from nightlatch.ledger.gate_read import SqliteGate
from nightlatch.proxy import arrival, entrance, gate, settle
from nightlatch.proxy.addon import Nightlatch
from nightlatch.proxy.detection import Detection
from nightlatch.proxy.guard import Guard
from nightlatch_cli.app import main

HOOKS = ("requestheaders", "request", "responseheaders", "response")
STEPS: tuple[tuple[str, Any, str], ...] = (
    ("check", Guard, "check"),
    ("arrive", entrance, "arrive"),
    ("view", arrival, "alike_of"),
    ("look", SqliteGate, "look"),
    ("find", GateQuestions, "find"),
    ("clock", WarpedClock, "through"),
    ("lay over", Guard, "as_it_stands"),
    ("decide", gate, "decide"),
    ("detect", Detection, "allowed"),
    ("touch", WriteBehind, "touch"),
    ("log", Guard, "log"),
    ("respond", settle, "apply"),
)
"""What is called for each, by its name and the place where it is looked up."""

EVERY = 8
"""Requests after which something else is timed."""

MOST = 20_000
"""Measurements that are kept of each."""


class Stopwatch:
    """Times one of `HOOKS` and `STEPS` at a time."""

    def __init__(self) -> None:
        self.took: dict[str, list[int]] = {name: [] for name in (*HOOKS, *(name for name, _, _ in STEPS))}
        self._turns = [*((hook, Nightlatch, hook) for hook in HOOKS), *STEPS]
        self._requests = self._turn = 0
        self._hook = HOOKS[0]
        self._put_back: Callable[[], None] = lambda: None

    def install(self) -> None:
        """mitmproxy looks hooks up once, so those stay in place and are asked whether they are due."""
        for hook in HOOKS:
            setattr(Nightlatch, hook, self._watched(hook, getattr(Nightlatch, hook)))

    def _watched(self, hook: str, call: Callable[..., Any]) -> Callable[..., Any]:
        timed = self._timed(hook, call)

        def called(addon: Nightlatch, flow: object) -> Any:
            if hook == HOOKS[0]:
                self._requests += 1
                if self._requests % EVERY == 0:
                    self._next()
            return timed(addon, flow) if self._hook == hook else call(addon, flow)

        return called

    def _next(self) -> None:
        self._put_back()
        self._turn = (self._turn + 1) % len(self._turns)
        self._hook, place, name = self._turns[self._turn]
        if place is not Nightlatch:
            call = getattr(place, name)
            setattr(place, name, self._timed(self._hook, call))
            self._put_back = lambda: setattr(place, name, call)
        else:
            self._put_back = lambda: None

    def _timed(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        took = self.took[name]

        def called(*given: Any, **named: Any) -> Any:
            begun = perf_counter_ns()
            result = call(*given, **named)
            if len(took) < MOST:
                took.append(perf_counter_ns() - begun)
            return result

        return called

    def medians(self) -> dict[str, float]:
        """Microseconds; 0 for what never happened."""
        return {name: statistics.median(took) / 1000 if took else 0.0 for name, took in self.took.items()}


def run(target: Path) -> None:
    """Run the guard; the medians are written when it ends."""
    stopwatch = Stopwatch()
    stopwatch.install()
    try:
        main()
    finally:
        target.write_text(json.dumps(stopwatch.medians()))


if __name__ == "__main__":
    run(Path(sys.argv.pop(1)))
