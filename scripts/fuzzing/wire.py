"""`python -m scripts.fuzzing.wire`: requests that two servers could read differently, by the hundred thousand.

Each goes through a guard without sockets, and what the application would get is read by two servers. Prints what came
out; exits with 1 when a promise was broken, and tells the number that gives the same bytes again.
"""

import argparse
import json
import logging
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from random import Random
from time import perf_counter
from typing import NamedTuple

from scripts.fuzzing.wire_corpus import Names, entries
from scripts.fuzzing.wire_guard import ENDED, HOST, LIVE, WireGuard
from scripts.fuzzing.wire_mutations import request1, request2
from scripts.fuzzing.wire_promises import broken

NAMES = Names(HOST, LIVE, ENDED)
SHORT = 4_000


class Span(NamedTuple):
    """Which inputs one process tries."""

    seed: int
    first: int
    length: int


class Findings(NamedTuple):
    """What came of a span."""

    tally: Counter[str]
    broken: list[str]


def inputs(number: int, seed: int) -> tuple[tuple[bytes, ...], bool]:
    """The pieces of input `number`, and whether they are HTTP/2: every third is."""
    random = Random(f"{seed}-{number}")
    speaks2 = number % 3 == 2
    make = request2 if speaks2 else request1
    return make(entries(2 if speaks2 else 1), NAMES, random), speaks2


def tried(guard: WireGuard, number: int, seed: int) -> tuple[str, list[str]]:
    """What became of input `number`, in a word, and what it broke."""
    pieces, speaks2 = inputs(number, seed)
    protocol = "HTTP/2" if speaks2 else "HTTP/1"
    try:
        outcome = guard.feed(*pieces, http2=speaks2)
    except Exception as error:
        return f"{protocol}: crashed", [f"{number}: {error!r} after {pieces!r}"]
    found = [f"{number}: {promise}; after {pieces!r}" for promise in broken(outcome)]
    return f"{protocol}: {'passed' if outcome.passed else 'refused'}", found


def run(span: Span) -> Findings:
    """Try every input of `span` on a guard of its own."""
    logging.disable(logging.CRITICAL)
    tally: Counter[str] = Counter()
    found: list[str] = []
    with tempfile.TemporaryDirectory() as folder:
        guard = WireGuard(Path(folder))
        for number in range(span.first, span.first + span.length):
            word, promises = tried(guard, number, span.seed)
            tally[word] += 1
            found += promises
        guard.close()
    return Findings(tally, found)


def spans(count: int, seed: int, processes: int) -> Iterator[Span]:
    """`count` inputs, divided between processes."""
    share = -(-count // processes)
    for first in range(0, count, share):
        yield Span(seed, first, min(share, count - first))


def main(arguments: Sequence[str] | None = None) -> int:
    asked = _parser().parse_args(arguments)
    if asked.only is not None:
        work = [Span(asked.seed, asked.only, 1)]
    else:
        work = list(spans(SHORT if asked.short else asked.count, asked.seed, asked.processes))
    begun = perf_counter()
    with ProcessPoolExecutor(len(work)) as pool:
        found = list(pool.map(run, work))
    tally = sum((each.tally for each in found), Counter[str]())
    promises = [promise for each in found for promise in each.broken]
    report(tally, promises, perf_counter() - begun, asked.seed)
    if asked.json:
        figures = {"seed": asked.seed, "inputs": tally.total(), "broken": len(promises), **tally}
        Path(asked.json).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    return 1 if promises else 0


def report(tally: Counter[str], promises: list[str], seconds: float, seed: int) -> None:
    """The closing table."""
    for promise in promises[:20]:
        number = promise.partition(":")[0]
        print(f"broken by {promise}\n  again: python -m scripts.fuzzing.wire --seed {seed} --only {number}")
    for word, times in sorted(tally.items()):
        print(f"{word:<20}{times:>10,}")
    print(f"{'inputs':<20}{tally.total():>10,}\n{'promises broken':<20}{len(promises):>10,}")
    print(f"seed {seed}, {seconds:.0f} s")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=200_000)
    parser.add_argument("--short", action="store_true", help=f"{SHORT:,} inputs")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", type=int, help="try this input alone")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--json", help="write the figures into this file")
    return parser


if __name__ == "__main__":
    sys.exit(main())
