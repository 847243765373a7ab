"""The benchmark works from end to end, if in little; and its table says what was met and what was not."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from scripts.bench_report import BEGIN, END, put, rows, table

ROOT = Path(__file__).resolve().parent.parent.parent
FIGURES = {
    "load 1": {"mitmdump": 100.0, "nightlatch": 250.0},
    "cpu 1": {"mitmdump": 1400.0, "nightlatch": 500.0},
    "load 64": {"mitmdump": 100.0, "nightlatch": 170.0},
    "gate": {"requestheaders 1000": 50.0, "requestheaders 1000000": 55.0, "response 1000000": 10.0},
    "start": {"mitmdump": 0.6, "nightlatch": 0.7},
    "commands": {"help": 0.2, "sessions": 0.5},
    "captures": {"replay har": 1000.0, "mitmproxy har": 100.0, "replay flows": 500.0, "mitmproxy flows": 100.0},
}


def test_every_budget_is_judged() -> None:
    assert [row.good for row in rows(FIGURES)] == [True, False, True, True, None, False, True, False, True, False]


def test_parts_that_were_not_measured_are_left_out() -> None:
    assert list(rows({})) == []
    assert [row.good for row in rows({"load 16": FIGURES["load 1"]})] == [True]


def test_the_table_takes_the_place_of_the_last_one(tmp_path: Path) -> None:
    readme = tmp_path / "README.md"
    readme.write_text(f"before\n{BEGIN}\nold \\1\n{END}\nafter\n")
    for made_by in ("first \\1", "second"):
        put(readme, table(FIGURES, made_by))
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


def test_the_short_form_measures_every_part(tmp_path: Path) -> None:
    paths = os.pathsep.join(str(ROOT / part) for part in ("addons", "cli"))
    command = [sys.executable, "-m", "scripts.bench_main", "--quick", "--json", str(tmp_path / "figures.json")]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, timeout=110
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads((tmp_path / "figures.json").read_text())["figures"]
    assert {"load 1", "gate", "commands", "start", "captures"} <= set(figures)
    assert all(value > 0 for part in figures.values() for name, value in part.items() if not name.startswith("cpu"))
    assert "| what | measured | budget | met |" in done.stdout
