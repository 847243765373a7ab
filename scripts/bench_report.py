"""The figures of a benchmark as rows of a table, and the table's place in a page."""

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from scripts.bench_report_gate import gate_rows
from scripts.bench_row import Figures, Row

BEGIN, END = "<!-- bench:begin -->", "<!-- bench:end -->"
_WAYS = {"load": "", "http2": " of HTTP/2"}


class _Capture(NamedTuple):
    kind: str
    what: str
    budget: int


def rows(figures: Figures) -> Iterator[Row]:
    """What was measured, against what it should be."""
    for part, values in figures.items():
        way, _, count = part.rpartition(" ")
        if way in _WAYS:
            yield _load(way, int(count), values, figures.get(f"{way} cpu {count}", {}))
    yield from gate_rows(figures)
    yield from _revocation(figures.get("revocation", {}))
    yield from _locked(figures.get("locked", {}))
    yield from _start(figures.get("start", {}), figures.get("commands", {}))
    captures = figures.get("captures", {})
    for capture in (_Capture("har", "a HAR", 10), _Capture("flows", "a mitmproxy flow file", 6)) if captures else ():
        yield _capture(capture, captures)
    yield from _bulk(figures.get("bulk", {}))
    yield from _postgres(figures)


def _load(way: str, count: int, rate: Mapping[str, float], cpu: Mapping[str, float]) -> Row:
    ratio, budget = rate["nightlatch"] / rate["mitmdump"], 1.8 if count == 64 else 2.0
    told = f"**{ratio:.2f}** times ({rate['nightlatch']:.0f} against {rate['mitmdump']:.0f})"
    if cpu:
        told += f", CPU per request {cpu['nightlatch']:.0f} against {cpu['mitmdump']:.0f} µs"
    what = f"requests per second, {count} connection{'s' * (count > 1)}{_WAYS[way]}, against stock `mitmdump`"
    return Row(what, told, f"{budget} times", ratio >= budget)


def _revocation(found: Mapping[str, float]) -> Iterator[Row]:
    if found:
        wrong = found["let in after"] + found["refused before"]
        told = (
            f"{found['let in after']:.0f} of {found['ended']:.0f} let in after the commit, "
            f"{found['refused before']:.0f} refused before it; told in {found['milliseconds']:.1f} ms"
        )
        yield Row("an end by another process holds", told, "the very next request", wrong == 0)


def _locked(found: Mapping[str, float]) -> Iterator[Row]:
    if found:
        told = f"{found['locked']:.0f} ms, of {found['requests']:.0f}; without the lock {found['free']:.0f} ms"
        what = "slowest request while another process holds the write lock for 400 ms"
        yield Row(what, told, "100 ms", found["locked"] <= 100)


def _start(start: Mapping[str, float], commands: Mapping[str, float]) -> Iterator[Row]:
    if start:
        told = f"{start['nightlatch']:.2f} s; mitmdump {start['mitmdump']:.2f} s"
        yield Row("start to listening", told, "not slower", start["nightlatch"] <= start["mitmdump"])
    for name, what, budget in (("help", "--help", 0.25), ("sessions", "sessions", 0.4)):
        if name in commands:
            took = commands[name]
            yield Row(f"`nightlatch {what}`", f"{took:.2f} s", f"{budget} s", took <= budget)


def _postgres(figures: Figures) -> Iterator[Row]:
    """Without a budget: it is the distance to the server that counts."""
    if look := figures.get("postgres look"):
        told = (
            f"{look['postgres']:.0f} µs on a Unix socket, {look['postgres cpu']:.0f} of them CPU of the guard's; "
            f"in SQLite {look['sqlite']:.0f} and {look['sqlite cpu']:.0f} µs"
        )
        yield Row("what a request asks of a ledger in PostgreSQL", told, "", None, main=False)
    for part, rate in figures.items():
        way, _, count = part.rpartition(" ")
        if way == "postgres load":
            ratio, cpu = rate["postgres"] / rate["sqlite"], figures.get(f"postgres cpu {count}", {})
            told = (
                f"{ratio:.2f} times ({rate['postgres']:.0f} against {rate['sqlite']:.0f}), "
                f"{rate['postgres'] / rate['mitmdump']:.2f} times stock `mitmdump`"
            )
            if cpu:
                told += f", CPU per request {cpu['postgres']:.0f} against {cpu['sqlite']:.0f} µs"
            what = f"requests per second, {count} connections, with a ledger in PostgreSQL against SQLite"
            yield Row(what, told, "", None, main=False)


def _capture(capture: _Capture, captures: Mapping[str, float]) -> Row:
    ours, theirs = captures[f"replay {capture.kind}"], captures[f"mitmproxy {capture.kind}"]
    told = f"{ours / theirs:.1f} times ({ours:,.0f} against {theirs:,.0f} requests per second)"
    what = f"`replay` of {capture.what} of {captures['requests']:,.0f} requests, against mitmproxy's reader alone"
    return Row(what, told, f"{capture.budget} times", ours / theirs >= capture.budget)


def _bulk(bulk: Mapping[str, float]) -> Iterator[Row]:
    """`replay --bulk` once the log is read, with the plainest limits and with rules, passive requests and gaps."""
    for name, what in (("bulk plain", "idle and absolute alone"), ("bulk rules", "with rules and passive requests")):
        if bulk:
            ratio = bulk[name] / bulk["plain formulation"]
            told = f"{bulk[name] / 1e6:.1f} million events per second; {ratio:.1f} times polars sort and numpy"
            yield Row(f"`replay --bulk` judges 10,000,000 events, {what}", told, "0.5 times", ratio >= 0.5)


def table(found: Iterable[Row], made_by: str) -> str:
    """Markdown, with the command that made it."""
    marks = {True: "yes", False: "**no**", None: ""}
    lines = [f"| {row.what} | {row.measured} | {row.budget} | {marks[row.good]} |" for row in found]
    return "\n".join([made_by, "", "| what | measured | budget | met |", "|---|---|---|---|", *lines])


def put(page: Path, text: str) -> None:
    """Replace what stands between the marks in `page`.

    Raises:
        ValueError: the marks are not there.
    """
    before = page.read_text(encoding="utf-8")
    changed, count = re.subn(f"(?s){BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{text}\n{END}", before, count=1)
    if not count:
        raise ValueError(f"{page} has no {BEGIN} … {END}")
    page.write_text(changed, encoding="utf-8")
