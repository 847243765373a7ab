"""The threat model is what the tests say: each test that it names exists, and each law that the code names is in it."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "threat-model.md").read_text("utf-8")
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py::[\w:]+)`", PAGE)))
ROWS = [line for line in PAGE.splitlines() if line.startswith("| ") and not line.startswith(("| what", "| law"))]
LAW = re.compile(r"[Ll]aws? of (time|trust) (\d+)")


@cache
def names_in(path: str) -> frozenset[str]:
    """What pytest would collect there by name: functions, methods and the test cases of state machines."""
    return frozenset(_names(ast.parse((ROOT / path).read_text("utf-8")).body))


def _names(body: list[ast.stmt], within: str = "") -> Iterator[str]:
    for node in body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield within + node.name
        elif isinstance(node, ast.ClassDef):
            yield from _names(node.body, f"{within}{node.name}::")
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Attribute) and node.value.attr == "TestCase":
            yield from (target.id for target in node.targets if isinstance(target, ast.Name))


def laws() -> set[str]:
    """Those that the code, its tests and its documents name."""
    places = [*(ROOT / "addons").rglob("*.py"), *(ROOT / "cli").rglob("*.py"), *(ROOT / "tests").rglob("*.py")]
    texts = (place.read_text("utf-8") for place in [*places, *(ROOT / "docs").glob("*.md")])
    return {f"{kind} {number}" for text in texts for kind, number in LAW.findall(text)}


@pytest.mark.parametrize("name", NAMED)
def test_every_test_that_is_named_exists(name: str) -> None:
    path, _, test = name.partition("::")
    assert (ROOT / path).is_file(), path
    assert test in names_in(path), name


def test_there_are_many_of_them() -> None:
    assert len(NAMED) > 130


def test_every_defence_has_a_test() -> None:
    without = [row for row in ROWS if row.count(" | ") == 2 and "`tests/" not in row]
    assert without == []


def test_every_law_has_a_row() -> None:
    rows = set(re.findall(r"^\| (time \d+|trust \d+) \|", PAGE, re.MULTILINE))
    assert laws() <= rows
    assert rows == {f"time {number}" for number in range(1, 11)} | {f"trust {number}" for number in range(1, 15)}
