"""The benchmark works from end to end, if in little; and its table says what was met and what was not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.bench_report import BEGIN, END, put, rows, table
from scripts.bench_timed_guard import HOOKS, STEPS

ROOT = Path(__file__).resolve().parent.parent.parent
STEP = dict.fromkeys((*HOOKS, *(name for name, _, _ in STEPS), "cpu"), 5.0)
FIGURES = {
    "load 1": {"mitmdump": 100.0, "nightlatch": 250.0},
    "load cpu 1": {"mitmdump": 1400.0, "nightlatch": 500.0},
    "http2 64": {"mitmdump": 100.0, "nightlatch": 170.0},
    "gate 1,000 sessions": {**STEP, "requestheaders": 50.0},
    "gate 1,000,000 sessions": {**STEP, "requestheaders": 65.0},
    "gate RS256": {**STEP, "requestheaders": 90.0},
    "revocation": {"ended": 10.0, "let in after": 1.0, "refused before": 0.0, "milliseconds": 1.0},
    "locked": {"locked": 20.0, "free": 15.0, "requests": 100.0},
    "start": {"mitmdump": 0.6, "nightlatch": 0.7},
    "commands": {"help": 0.2, "sessions": 0.5},
    "captures": {
        **{"replay har": 1000.0, "mitmproxy har": 100.0, "replay flows": 500.0, "mitmproxy flows": 100.0},
        "requests": 9000.0,
    },
    "postgres look": {"sqlite": 20.0, "postgres": 90.0, "sqlite cpu": 19.0, "postgres cpu": 30.0},
    "postgres load 16": {"mitmdump": 100.0, "sqlite": 200.0, "postgres": 150.0},
    "postgres cpu 16": {"mitmdump": 1400.0, "sqlite": 700.0, "postgres": 800.0},
    "bulk": {"bulk plain": 3.0, "bulk rules": 1.0, "plain formulation": 4.0},
}


def test_every_budget_is_judged() -> None:
    good = {row.what: row.good for row in rows(FIGURES) if row.good is not None}
    assert good == {
        "requests per second, 1 connection, against stock `mitmdump`": True,
        "requests per second, 64 connections of HTTP/2, against stock `mitmdump`": False,
        "the gate, 1,000,000 sessions": False,
        "the same against 1,000 sessions": False,
        "an end by another process holds": False,
        "slowest request while another process holds the write lock for 400 ms": True,
        "start to listening": False,
        "`nightlatch --help`": True,
        "`nightlatch sessions`": False,
        "`replay` of a HAR of 9,000 requests, against mitmproxy's reader alone": True,
        "`replay` of a mitmproxy flow file of 9,000 requests, against mitmproxy's reader alone": False,
        "`replay --bulk` judges 10,000,000 events, idle and absolute alone": True,
        "`replay --bulk` judges 10,000,000 events, with rules and passive requests": False,
    }


def test_the_steps_are_for_the_page_and_not_for_the_readme() -> None:
    steps = {row.what: row.measured for row in rows(FIGURES) if not row.main}
    assert steps["… of it: find"] == "15.0 µs"
    assert steps["… of it: view and identify"] == "-5.0 µs", "what has a step of its own is taken away"
    assert steps["the gate, RS256"] == "90 µs; the whole request 5 µs of CPU, with 1,000 sessions 5"


def test_another_ledger_is_compared_with_the_usual_one() -> None:
    assert [row.measured for row in rows(FIGURES) if "PostgreSQL" in row.what] == [
        "90 µs on a Unix socket, 30 of them CPU of the guard's; in SQLite 20 and 19 µs",
        "0.75 times (150 against 200), 1.50 times stock `mitmdump`, CPU per request 800 against 700 µs",
    ]


def test_parts_that_were_not_measured_are_left_out() -> None:
    assert list(rows({})) == []
    assert [row.good for row in rows({"load 16": FIGURES["load 1"]})] == [True]


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold \\1\n{END}\nafter\n")
    for made_by in ("first \\1", "second"):
        put(readme, table(rows(FIGURES), made_by))
    page = readme.read_text()
    assert page.startswith(f"before\n{BEGIN}\nsecond\n\n| what |")
    assert page.endswith(f"{END}\nafter\n")
    assert "**2.50** times (250 against 100), CPU per request 500 against 1400 µs | 2.0 times | yes |" in page
    assert "first" not in page


def test_a_readme_without_the_marks_is_left_alone(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text("nothing here")
    with pytest.raises(ValueError, match="bench:begin"):
        put(readme, "text")
    assert readme.read_text() == "nothing here"


def _short(tmp_path: Path, *arguments: str) -> tuple[str, dict[str, dict[str, float]]]:
    """What the short form printed and wrote."""
    paths = os.pathsep.join(str(ROOT / part) for part in ("addons", "cli"))
    command = [sys.executable, "-m", "scripts.bench_main", "--quick", "--json", str(tmp_path / "f.json"), *arguments]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    return done.stdout, json.loads((tmp_path / "f.json").read_text())["figures"]


def test_the_short_form_measures_every_part(tmp_path: Path) -> None:
    told, figures = _short(tmp_path)
    assert {"load 1", "revocation", "locked", "commands", "start", "captures", "bulk"} <= set(figures)
    assert (figures["revocation"]["let in after"], figures["revocation"]["refused before"]) == (0, 0)
    steps = figures["gate 100 sessions"]
    never = {name for name, took in steps.items() if not took}
    assert never <= {"find", "cpu"}, "every step on the way of a request was seen"
    assert "| what | measured | budget | met |" in told


def test_one_part_anew_leaves_the_figures_of_the_others(tmp_path: Path) -> None:
    (tmp_path / "f.json").write_text(json.dumps({"figures": {"start": FIGURES["start"], "commands": {"help": 9.0}}}))
    told, figures = _short(tmp_path, "--only", "commands")
    assert figures["start"] == FIGURES["start"]
    assert figures["commands"]["help"] < 9
    assert "start to listening" in told
