"""The rows about the gate: its whole cost, variant by variant, and the cost of its steps."""

from collections.abc import Iterator, Mapping

from scripts.bench_row import Figures, Row

HOOK = "requestheaders"
BUDGET = 60
GROWTH = 1.2
STEPS: Mapping[str, tuple[str, ...]] = {
    "is the ledger there": ("check",),
    "view and identify": ("arrive", "-look", "-clock"),
    "find": ("look", "clock", "lay over"),
    "decide": ("decide", "detect"),
    "touch": ("touch",),
    "note the decision": ("log",),
    "respond": ("respond",),
}
"""The way of a request, and what was timed on it; a minus takes away what has a step of its own."""


def gate_rows(figures: Figures) -> Iterator[Row]:
    """The first two variants differ in the number of sessions only; the second has the budget."""
    gates = {part.removeprefix("gate "): values for part, values in figures.items() if part.startswith("gate ")}
    if len(gates) < 2:
        return
    (few, of_few), (many, of_many), *others = gates.items()
    cost = of_many[HOOK]
    yield Row(f"the gate, {many}", f"{cost:.0f} µs", f"{BUDGET} µs", cost <= BUDGET)
    growth = cost / of_few[HOOK]
    yield Row(f"the same against {few}", f"{growth:.2f} times", f"{GROWTH} times", growth <= GROWTH)
    for step in STEPS:
        yield Row(f"… of it: {step}", f"{_of(step, of_many):.1f} µs", "", None, main=False)
    yield Row("all hooks of a request together", f"{_hooks(of_many):.0f} µs", "", None)
    for name, values in others:
        told = f"{values[HOOK]:.0f} µs; the whole request {values['cpu']:.0f} µs of CPU, with {few} {of_few['cpu']:.0f}"
        yield Row(f"the gate, {name}", told, "", None, main=False)


def _of(step: str, values: Mapping[str, float]) -> float:
    return sum(-values[name[1:]] if name.startswith("-") else values[name] for name in STEPS[step])


def _hooks(values: Mapping[str, float]) -> float:
    return sum(values.get(name, 0.0) for name in (HOOK, "request", "responseheaders", "response"))
