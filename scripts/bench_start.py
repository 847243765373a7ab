"""How long a start takes: until something listens, or until a command has answered."""

import statistics
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TypeVar

from scripts.bench_processes import ROOT, Command, Site, environment, guard, nightlatch, stock

T = TypeVar("T")


def to_listening(directory: Path, site: str, rounds: int) -> dict[str, float]:
    """Seconds from the start of mitmdump and of a guard, on a ledger that is there already, until they listen."""
    ledger = directory / "start.db"
    with guard(directory, site, ledger):
        pass

    def timed(start: Callable[[], AbstractContextManager[Site]]) -> float:
        begun = time.perf_counter()
        with start():
            return time.perf_counter() - begun

    starts: Mapping[str, Callable[[], AbstractContextManager[Site]]] = {
        "mitmdump": lambda: stock(directory, site),
        "nightlatch": lambda: guard(directory, site, ledger),
    }
    return _medians(starts, timed, rounds)


def of_commands(ledger: Path, rounds: int) -> dict[str, float]:
    """Seconds of `--help`, and of the first page of `sessions` on `ledger`."""
    commands: Mapping[str, Command] = {
        "help": nightlatch("--help"),
        "sessions": nightlatch("sessions", "list", "--ledger", ledger),
    }

    def timed(command: Command) -> float:
        begun = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True, env=environment(), cwd=ROOT)
        return time.perf_counter() - begun

    return _medians(commands, timed, rounds)


def _medians(things: Mapping[str, T], timed: Callable[[T], float], rounds: int) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in things}
    for number in range(rounds):
        names: Sequence[str] = list(things) if number % 2 == 0 else list(things)[::-1]
        for name in names:
            took[name].append(timed(things[name]))
    return {name: statistics.median(values) for name, values in took.items()}
