"""The figures of a benchmark as a table, and the table's place in the README."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"

Figures = Mapping[str, Mapping[str, float]]
"""By part (`load 16`, `cpu 16`, `gate`, `start`, `commands`, `captures`, `bulk`), then by name."""


class Row(NamedTuple):
    """A line of the table. `good` is None where there is no budget."""

    what: str
    measured: str
    budget: str
    good: bool | None


def rows(figures: Figures) -> Iterator[Row]:
    """What was measured, against what it should be."""
    for part, values in figures.items():
        if part.startswith("load "):
            yield _load(part, values, figures.get(part.replace("load", "cpu"), {}))
    yield from _gate(figures.get("gate", {}))
    start, commands, captures = (figures.get(part, {}) for part in ("start", "commands", "captures"))
    if start:
        told = f"{start['nightlatch']:.2f} s; mitmdump {start['mitmdump']:.2f} s"
        yield Row("start to listening", told, "not slower", start["nightlatch"] <= start["mitmdump"])
    for name, budget in (("help", 0.25), ("sessions", 0.4)):
        if name in commands:
            yield Row(
                f"`nightlatch {_COMMANDS[name]}`", f"{commands[name]:.2f} s", f"{budget} s", commands[name] <= budget
            )
    for kind, budget in (("har", 10), ("flows", 6)):
        if captures:
            yield _capture(kind, captures, budget)
    yield from _bulk(figures.get("bulk", {}))


_COMMANDS = {"help": "--help", "sessions": "sessions"}
_CAPTURES = {"har": "a HAR", "flows": "a mitmproxy flow file"}


def _load(part: str, rate: Mapping[str, float], cpu: Mapping[str, float]) -> Row:
    count = int(part.split()[1])
    ratio, budget = rate["nightlatch"] / rate["mitmdump"], 1.8 if count == 64 else 2.0
    told = f"**{ratio:.2f}** times ({rate['nightlatch']:.0f} against {rate['mitmdump']:.0f})"
    if cpu:
        told += f", CPU per request {cpu['nightlatch']:.0f} against {cpu['mitmdump']:.0f} µs"
    what = f"requests per second, {count} connection{'s' * (count > 1)}, against stock `mitmdump`"
    return Row(what, told, f"{budget} times", ratio >= budget)


def _gate(gate: Mapping[str, float]) -> Iterator[Row]:
    sizes = sorted(int(name.split()[1]) for name in gate if name.startswith("requestheaders "))
    if not sizes:
        return
    few, many = (gate[f"requestheaders {size}"] for size in (sizes[0], sizes[-1]))
    yield Row(f"the gate, {sizes[-1]:,} sessions", f"{many:.0f} µs", "60 µs", many <= 60)
    yield Row(f"the same against {sizes[0]:,} sessions", f"{many / few:.2f} times", "1.2 times", many / few <= 1.2)
    every = sum(took for name, took in gate.items() if name.endswith(f" {sizes[-1]}"))
    yield Row("all hooks of a request together", f"{every:.0f} µs", "", None)


def _bulk(bulk: Mapping[str, float]) -> Iterator[Row]:
    """`replay --bulk` once the log is read, with the plainest limits and with rules, passive requests and gaps."""
    for name, what in (("bulk plain", "idle and absolute alone"), ("bulk rules", "with rules and passive requests")):
        if bulk:
            ratio = bulk[name] / bulk["plain formulation"]
            told = f"{bulk[name] / 1e6:.1f} million events per second; {ratio:.1f} times polars sort and numpy"
            yield Row(f"`replay --bulk` judges 10,000,000 events, {what}", told, "0.5 times", ratio >= 0.5)


def _capture(kind: str, captures: Mapping[str, float], budget: int) -> Row:
    ours, theirs = captures[f"replay {kind}"], captures[f"mitmproxy {kind}"]
    told = f"{ours / theirs:.1f} times ({ours:,.0f} against {theirs:,.0f} requests per second)"
    what = f"`replay` of {_CAPTURES[kind]}, against mitmproxy's reader alone"
    return Row(what, told, f"{budget} times", ours / theirs >= budget)


def table(figures: Figures, made_by: str) -> str:
    """Markdown, with the command that made it."""
    marks = {True: "yes", False: "**no**", None: ""}
    lines = [f"| {row.what} | {row.measured} | {row.budget} | {marks[row.good]} |" for row in rows(figures)]
    return "\n".join([made_by, "", "| what | measured | budget | met |", "|---|---|---|---|", *lines])


def put(readme: Path, text: str) -> None:
    """Replace what stands between the marks in `readme`.

    Raises:
        ValueError: the marks are not there.
    """
    page = readme.read_text(encoding="utf-8")
    changed, count = re.subn(f"(?s){BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", page, count=1)
    if not count:
        raise ValueError(f"{readme} has no {BEGIN} … {END}")
    readme.write_text(changed, encoding="utf-8")
