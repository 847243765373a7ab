"""Runs the fuzzer and prints a table. Usage: scripts/fuzz --help"""

import argparse
import contextlib
import json
import os
import sys
import warnings
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path

from scripts.fuzzing import growth, guided, plain, with_hypothesis
from scripts.fuzzing.attempts import ROOT, Fault, attempt, keep
from scripts.fuzzing.report import document, table
from scripts.fuzzing.table import names, target
from scripts.fuzzing.tally import Tally

ALL, SHORT = 1_000_000, 8_000
"""Inputs over all targets together."""

_SHAPES, _FEW_SHAPES = 60, 3
Engine = Callable[[str, int, float, int], Tally]
ENGINES: dict[str, Engine] = {"atheris": guided.run, "mutation": plain.run, "hypothesis": with_hypothesis.run}


def _arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("scripts/fuzz", description="Nonsense on every input of nightlatch.")
    parser.add_argument("--target", action="append", metavar="NAME", help="a target, or several: cookies.*")
    parser.add_argument("--runs", type=int, help="inputs a target, weighted where one takes long")
    parser.add_argument("--seconds", type=float, default=600, help="at most, a target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--engine", choices=ENGINES, help="atheris where it is installed, else hypothesis")
    parser.add_argument("--short", action="store_true", help="what CI runs: some seconds, the same inputs every time")
    parser.add_argument("--all", action="store_true", help=f"{ALL:,} inputs over all targets")
    parser.add_argument("--growth", action="store_true", help="look for time that grows faster than the input, too")
    parser.add_argument("--input", type=Path, metavar="FILE", help="try one input again, with its traceback")
    parser.add_argument("--corpus", action="store_true", help="only what once broke something, and what is in order")
    parser.add_argument("--list", action="store_true", help="the names of the targets")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures")
    return parser


def main() -> int:
    """Run what the command line says."""
    warnings.simplefilter("ignore")
    told = _arguments().parse_args()
    wanted = [name for name in names() if not told.target or any(fnmatch(name, each) for each in told.target)]
    if told.list or not wanted:
        print("\n".join(names()))
        return 0 if wanted else 2
    if told.input is not None:
        return _again(wanted[0], told.input.read_bytes())
    return _conclude(told, list(map(plain.known, wanted) if told.corpus else _tallies(told, wanted)))


def _again(name: str, content: bytes) -> int:
    target(name).run(content)
    fault = attempt(target(name), content)
    print("no fault" if fault is None else f"{fault.kind}: {fault.message}")
    return 0 if fault is None else 1


def _tallies(told: argparse.Namespace, wanted: Sequence[str]) -> Iterator[Tally]:
    engine = ENGINES[told.engine or ("mutation" if told.short else _best())]
    shares = _shares(told, wanted)
    with ThreadPoolExecutor(os.cpu_count() or 1) as threads:
        # Instrumented processes of their own may run side by side; what runs here keeps to this thread.
        over = threads.map if engine is guided.run else map
        for found in over(lambda name: engine(name, shares[name], told.seconds, told.seed), wanted):
            faults = (*found.faults, *_steep(told, found.name))
            print(f"{found.name}: {found.inputs} inputs, {len(faults)} faults", file=sys.stderr)
            yield found._replace(faults=faults)


def _best() -> str:
    return "atheris" if guided.is_installed() else "hypothesis"


def _shares(told: argparse.Namespace, wanted: Sequence[str]) -> dict[str, int]:
    """How many inputs each target gets."""
    weights = {name: target(name).weight for name in wanted}
    whole = ALL if told.all else SHORT if told.short else (told.runs or 10_000) * len(wanted)
    return {name: -int(-whole * weight // sum(weights.values())) for name, weight in weights.items()}


def _steep(told: argparse.Namespace, name: str) -> list[Fault]:
    asked = told.growth or told.all or told.short
    if not asked or not target(name).grows:
        return []
    return growth.steep(target(name), name, _FEW_SHAPES if told.short else _SHAPES, told.seed)


def _conclude(told: argparse.Namespace, tallies: list[Tally]) -> int:
    """The table, the figures, and what to do about each fault."""
    print(table(tallies))
    if told.json is not None:
        told.json.write_text(json.dumps(document(tallies, told.seed), indent=2) + "\n")
    for tally in tallies:
        for fault in tally.faults:
            file = keep(tally.name, fault.content)
            shown: Path = file
            with contextlib.suppress(ValueError):
                shown = file.relative_to(ROOT)
            print(f"\n{tally.name}: {fault.kind} at {fault.where}: {fault.message}")
            print(f"    again: scripts/fuzz --target {tally.name} --input {shown}   (seed {told.seed})")
    return 1 if any(tally.faults for tally in tallies) else 0


if __name__ == "__main__":
    sys.exit(main())
