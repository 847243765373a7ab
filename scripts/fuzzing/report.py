"""The closing table of a run, and its figures as JSON."""

from collections.abc import Sequence
from typing import Any

from scripts.fuzzing.tally import Tally


def table(tallies: Sequence[Tally]) -> str:
    """A Markdown table, a line a target."""
    lines = ["| target | engine | inputs | edges | seconds | faults |", "|---|---|---:|---:|---:|---:|"]
    lines += [_line(tally) for tally in tallies]
    count, faults = sum(tally.inputs for tally in tallies), sum(len(tally.faults) for tally in tallies)
    edges = sum(tally.edges or 0 for tally in tallies) or "-"
    taken = sum(tally.seconds for tally in tallies)
    return "\n".join(
        [*lines, f"| **{len(tallies)} targets** | | **{count:,}** | {edges} | {taken:.0f} | **{faults}** |"]
    )


def _line(tally: Tally) -> str:
    edges = "-" if tally.edges is None else str(tally.edges)
    return f"| {tally.name} | {tally.engine} | {tally.inputs:,} | {edges} | {tally.seconds:.1f} | {len(tally.faults)} |"


def document(tallies: Sequence[Tally], seed: int) -> dict[str, Any]:
    """The same as plain JSON values."""
    targets = {
        tally.name: {
            **{
                "engine": tally.engine,
                "inputs": tally.inputs,
                "edges": tally.edges,
                "seconds": round(tally.seconds, 1),
            },
            "faults": [{"kind": fault.kind, "where": fault.where, "message": fault.message} for fault in tally.faults],
        }
        for tally in tallies
    }
    return {"seed": seed, "inputs": sum(tally.inputs for tally in tallies), "targets": targets}
