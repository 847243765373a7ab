"""The parts of the benchmark, by name: each measures one thing in a folder of its own, in front of one upstream."""

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts import (
    bench_bulk,
    bench_captures,
    bench_gate,
    bench_ledger,
    bench_locked,
    bench_postgres,
    bench_revocation,
    bench_start,
)
from scripts.bench_load import Put, interleaved, load, load_http2
from scripts.bench_processes import guard, logged_in, stock
from scripts.bench_row import Figures
from scripts.bench_tools import speaks_http2


class Effort(NamedTuple):
    """How much is measured. `seconds` of load at a time, the rest are counts."""

    connections: tuple[int, ...] = (1, 16, 64)
    rounds: int = 5
    seconds: float = 3
    sizes: tuple[int, ...] = (1_000, 1_000_000)
    revoked: int = 500
    requests: int = 50_000
    events: int = 10_000_000


QUICK = Effort((1,), 1, 0.3, (100, 1_000), 10, 300, 10_000)
"""Enough to see that everything works; the figures mean nothing."""


class Place(NamedTuple):
    """Where something is measured: a folder, and the URL of the upstream."""

    folder: Path
    site: str


def say(text: str) -> None:
    print(text, file=sys.stderr)


Part = Callable[[Place, Effort], Figures]


def _load(place: Place, effort: Effort) -> Figures:
    return _compared(place, effort, "load", lambda count: lambda site: load(site, count, effort.seconds))


def _load_http2(place: Place, effort: Effort) -> Figures:
    if not speaks_http2():
        say("no h2load: HTTP/2 is left out")
        return {}
    asked = lambda count: lambda site: load_http2(site, count, effort.seconds)  # noqa: E731 (a family of calls)
    return _compared(place, effort, "http2", asked, by_tls=True)


def _compared(
    place: Place, effort: Effort, part: str, put_under: Callable[[int], Put], *, by_tls: bool = False
) -> Figures:
    """Stock mitmdump and a guard that enforces everything, in front of one upstream."""
    figures: dict[str, Mapping[str, float]] = {}
    ledger = place.folder / f"{part}.db"
    with stock(place.folder, place.site) as plain, guard(place.folder, place.site, ledger) as guarded:
        sites = (plain, logged_in(guarded, by_tls=by_tls))
        for connections in effort.connections:
            say(f"… {connections} connections")
            loads = interleaved(sites, put_under(connections), effort.rounds)
            figures[f"{part} {connections}"] = {name: each.rate for name, each in loads.items()}
            cpus = {name: each.cpu for name, each in loads.items() if each.cpu is not None}
            if len(cpus) == len(loads):
                figures[f"{part} cpu {connections}"] = cpus
    return figures


def _gate(place: Place, effort: Effort) -> Figures:
    told = bench_gate.cost(place.folder, place.site, effort.sizes, effort.rounds, effort.seconds)
    return {f"gate {name}": steps for name, steps in told.items()}


def _commands(place: Place, effort: Effort) -> Figures:
    ledger = place.folder / "commands.db"
    bench_ledger.filled(ledger, place.site, effort.sizes[-1])
    return {"commands": bench_start.of_commands(ledger, effort.rounds)}


def _captures(place: Place, effort: Effort) -> Figures:
    return {"captures": bench_captures.rates(place.folder, effort.requests, min(3, effort.rounds))}


def _postgres(place: Place, effort: Effort) -> Figures:
    if not bench_postgres.is_there():
        say("no PostgreSQL: its ledger is left out")
        return {}
    with bench_postgres.server() as server:
        found: dict[str, Mapping[str, float]] = {}
        found["postgres look"] = bench_postgres.looks(server, place.folder, place.site, effort.rounds)
        for count in effort.connections:
            say(f"… {count} connections")
            asked = (place.folder / str(count), place.site, count, effort.rounds, effort.seconds)
            loads = bench_postgres.loads(server, *asked)
            found[f"postgres load {count}"] = {name: each.rate for name, each in loads.items()}
            found[f"postgres cpu {count}"] = {name: each.cpu for name, each in loads.items() if each.cpu is not None}
    return found


PARTS: Mapping[str, Part] = {
    "load": _load,
    "http2": _load_http2,
    "gate": _gate,
    "revocation": lambda at, effort: {"revocation": bench_revocation.revoked(at.folder, at.site, effort.revoked)},
    "locked": lambda at, effort: {"locked": bench_locked.slowest(at.folder, at.site, 2 * effort.rounds)},
    "start": lambda at, effort: {"start": bench_start.to_listening(at.folder, at.site, effort.rounds)},
    "commands": _commands,
    "captures": _captures,
    "postgres": _postgres,
    "bulk": lambda _, effort: {"bulk": bench_bulk.rates(effort.events, min(3, effort.rounds))},
}
